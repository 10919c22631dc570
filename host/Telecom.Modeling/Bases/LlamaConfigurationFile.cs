using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bases;

/// <summary><c>config.json</c> of a Hugging Face Llama folder.</summary>
/// <remarks>Whatever would change the computation and is not implemented is refused by name, never approximated.</remarks>
internal static class LlamaConfigurationFile
{
    public const string FileName = "config.json";
    private const string ModelType = "llama";
    private const string Activation = "silu";
    private static readonly string[] BiasMembers = ["attention_bias", "mlp_bias"];
    private static readonly string[] RopeMembers = ["rope_scaling", "rope_parameters"];

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
        CheckFamily(members);
        var configuration = ReadSizes(members);
        if (problems.Count > found)
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
            writer.WriteString("model_type", ModelType);
            writer.WriteStartArray("architectures");
            writer.WriteStringValue("LlamaForCausalLM");
            writer.WriteEndArray();
            writer.WriteNumber("hidden_size", configuration.HiddenSize);
            writer.WriteNumber("intermediate_size", configuration.FeedForwardSize);
            writer.WriteNumber("num_hidden_layers", configuration.LayerCount);
            writer.WriteNumber("num_attention_heads", configuration.HeadCount);
            writer.WriteNumber("num_key_value_heads", configuration.KeyValueHeadCount);
            writer.WriteNumber("head_dim", configuration.HeadSize);
            writer.WriteNumber("vocab_size", configuration.VocabularySize);
            writer.WriteBoolean("tie_word_embeddings", configuration.TieEmbeddings);
            writer.WriteNumber("rms_norm_eps", configuration.NormEpsilon);
            writer.WriteNumber("rope_theta", configuration.RopeTheta);
            writer.WriteString("hidden_act", Activation);
            writer.WriteBoolean("attention_bias", false);
            writer.WriteBoolean("mlp_bias", false);
            writer.WriteString("torch_dtype", "float32");
        });

    private static void CheckFamily(JsonMembers members)
    {
        members.RequireText("model_type", null, ModelType);
        members.RequireText("hidden_act", Activation, Activation);
        foreach (var bias in BiasMembers)
        {
            if (members.Flag(bias, false))
            {
                members.Add($"{bias} is true, but biases are not supported yet");
            }
        }

        if (members.Object("quantization_config") is not null)
        {
            members.Add("quantization_config: quantised weights are not supported; use a float checkpoint");
        }

        foreach (var rope in Rope(members))
        {
            rope.RequireText(rope.Has("rope_type") ? "rope_type" : "type", "default", "default");
            CheckPartialRotary(rope);
        }

        CheckPartialRotary(members);
    }

    private static void CheckPartialRotary(JsonMembers members)
    {
        if (members.Number("partial_rotary_factor", 1) != 1)
        {
            members.Add("partial_rotary_factor other than 1 is not supported");
        }
    }

    private static IEnumerable<JsonMembers> Rope(JsonMembers members) =>
        RopeMembers.Select(members.Object).OfType<JsonMembers>();

    private static BaseConfiguration ReadSizes(JsonMembers members)
    {
        var hidden = members.Integer("hidden_size", null);
        var heads = members.Integer("num_attention_heads", null);
        if (!members.Has("head_dim") && heads > 0 && hidden % heads != 0)
        {
            members.Add($"hidden_size {hidden} is not a multiple of num_attention_heads {heads}, so head_dim must be given");
        }

        var theta = members.Number("rope_theta", 10_000);
        return new BaseConfiguration
        {
            HiddenSize = hidden,
            LayerCount = members.Integer("num_hidden_layers", null),
            HeadCount = heads,
            KeyValueHeadCount = members.Integer("num_key_value_heads", heads),
            HeadSize = members.Integer("head_dim", heads > 0 ? hidden / heads : 0),
            FeedForwardSize = members.Integer("intermediate_size", null),
            NormEpsilon = members.Number("rms_norm_eps", 1e-6),
            RopeTheta = members.Object("rope_parameters")?.Number("rope_theta", theta) ?? theta,
            VocabularySize = members.Integer("vocab_size", null),
            TieEmbeddings = members.Flag("tie_word_embeddings", false),
        };
    }
}
