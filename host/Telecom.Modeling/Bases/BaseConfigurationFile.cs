using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bases;

/// <summary><c>config.json</c> of a Hugging Face model folder.</summary>
/// <remarks>Whatever would change the computation and is not implemented is refused by name, never approximated.</remarks>
internal static class BaseConfigurationFile
{
    public const string FileName = "config.json";

    /// <summary>Reads a folder's configuration.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="problems">Receives everything that is wrong.</param>
    /// <returns>The configuration and the model's name as the file gives it; null when there are problems.</returns>
    public static (BaseConfiguration Configuration, string? Name)? Read(string directory, List<string> problems)
    {
        using var document = JsonFile.ReadObject(Path.Combine(directory, FileName), problems);
        if (document is null)
        {
            return null;
        }

        var found = problems.Count;
        var members = new JsonMembers(document.RootElement, FileName, problems);
        var configuration = Read(members);
        if (configuration is null || problems.Count > found)
        {
            return null;
        }

        problems.AddRange(configuration.Problems().Select(problem => $"{FileName}: {problem}"));
        return problems.Count > found ? null : (configuration, members.Text("_name_or_path", null));
    }

    /// <summary>Writes a folder's configuration in the same vocabulary.</summary>
    public static void Write(string directory, BaseConfiguration configuration, string name) =>
        JsonFile.Write(Path.Combine(directory, FileName), writer =>
        {
            writer.WriteString("_name_or_path", name);
            writer.WriteNumber("vocab_size", configuration.VocabularySize);
            writer.WriteBoolean("tie_word_embeddings", configuration.TieEmbeddings);
            writer.WriteString("torch_dtype", "float32");
            if (configuration.Family == BaseFamily.Gpt2)
            {
                Gpt2ConfigurationMembers.Write(writer, configuration);
            }
            else
            {
                LlamaConfigurationMembers.Write(writer, configuration);
            }
        });

    private static BaseConfiguration? Read(JsonMembers members)
    {
        var family = members.RequireText(
            "model_type",
            null,
            LlamaConfigurationMembers.Llama,
            LlamaConfigurationMembers.Qwen2,
            LlamaConfigurationMembers.Mistral,
            Gpt2ConfigurationMembers.Gpt2);
        if (members.Object("quantization_config") is not null)
        {
            members.Add("quantization_config: quantised weights are not supported; use a float checkpoint");
        }

        return family switch
        {
            null => null,
            Gpt2ConfigurationMembers.Gpt2 => Gpt2ConfigurationMembers.Read(members),
            _ => LlamaConfigurationMembers.Read(members, family),
        };
    }
}
