using System.Text.Json;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bases;

/// <summary>Members of <c>config.json</c> of the Llama families.</summary>
internal static class LlamaConfigurationMembers
{
    public const string Llama = "llama";
    public const string Qwen2 = "qwen2";
    public const string Mistral = "mistral";
    private const string Activation = "silu";
    private const string FullAttention = "full_attention";

    // The library that defines these files gives Mistral a window when the member is absent; only null turns it off.
    private const int MistralWindow = 4096;

    public static BaseConfiguration Read(JsonMembers members, string modelType)
    {
        members.RequireText("hidden_act", Activation, Activation);
        var hidden = members.Integer("hidden_size", null);
        var heads = members.Integer("num_attention_heads", null);
        if (!members.Has("head_dim") && heads > 0 && hidden % heads != 0)
        {
            members.Add($"hidden_size {hidden} is not a multiple of num_attention_heads {heads}, so head_dim must be given");
        }

        var (theta, scaling) = RopeMembers.Read(members);
        var hasAttentionBias = ReadBias(members, "attention_bias", modelType is Llama or Qwen2) && modelType == Llama;
        var window = ReadWindow(members, modelType);
        return new BaseConfiguration
        {
            Family = modelType switch { Qwen2 => BaseFamily.Qwen2, Mistral => BaseFamily.Mistral, _ => BaseFamily.Llama },
            HiddenSize = hidden,
            LayerCount = members.Integer("num_hidden_layers", null),
            HeadCount = heads,
            KeyValueHeadCount = members.Integer("num_key_value_heads", heads),
            HeadSize = members.Integer("head_dim", heads > 0 ? hidden / heads : 0),
            FeedForwardSize = members.Integer("intermediate_size", null),
            NormEpsilon = members.Number("rms_norm_eps", 1e-6),
            RopeTheta = theta,
            RopeScaling = scaling,
            QueryKeyValueBias = hasAttentionBias || modelType == Qwen2,
            OutputBias = hasAttentionBias,
            FeedForwardBias = ReadBias(members, "mlp_bias", modelType == Llama),
            SlidingWindow = window,
            MaxPositions = members.Has("max_position_embeddings") ? members.Integer("max_position_embeddings", null) : null,
            VocabularySize = members.Integer("vocab_size", null),
            TieEmbeddings = members.Flag("tie_word_embeddings", false),
        };
    }

    public static void Write(Utf8JsonWriter writer, BaseConfiguration configuration)
    {
        var (modelType, architecture) = configuration.Family switch
        {
            BaseFamily.Qwen2 => (Qwen2, "Qwen2ForCausalLM"),
            BaseFamily.Mistral => (Mistral, "MistralForCausalLM"),
            _ => (Llama, "LlamaForCausalLM"),
        };
        writer.WriteString("model_type", modelType);
        writer.WriteStartArray("architectures");
        writer.WriteStringValue(architecture);
        writer.WriteEndArray();
        writer.WriteNumber("hidden_size", configuration.HiddenSize);
        writer.WriteNumber("intermediate_size", configuration.FeedForwardSize);
        writer.WriteNumber("num_hidden_layers", configuration.LayerCount);
        writer.WriteNumber("num_attention_heads", configuration.HeadCount);
        writer.WriteNumber("num_key_value_heads", configuration.KeyValueHeadCount);
        writer.WriteNumber("head_dim", configuration.HeadSize);
        writer.WriteNumber("rms_norm_eps", configuration.NormEpsilon);
        writer.WriteString("hidden_act", Activation);
        writer.WriteBoolean("attention_bias", configuration.OutputBias);
        writer.WriteBoolean("mlp_bias", configuration.FeedForwardBias);
        WriteNumber(writer, "max_position_embeddings", configuration.MaxPositions);
        if (configuration.Family == BaseFamily.Mistral)
        {
            WriteNumber(writer, "sliding_window", configuration.SlidingWindow);
        }

        RopeMembers.Write(writer, configuration);
    }

    private static bool ReadBias(JsonMembers members, string name, bool isAllowed)
    {
        var hasBias = members.Flag(name, false);
        if (hasBias && !isAllowed)
        {
            members.Add($"{name} is true, but this model_type has no such biases");
        }

        return hasBias;
    }

    private static int? ReadWindow(JsonMembers members, string modelType)
    {
        if (modelType != Mistral)
        {
            if (members.Flag("use_sliding_window", false))
            {
                members.Add("use_sliding_window is true, but windows in some of the layers are not supported");
            }

            if (members.Texts("layer_types").Any(type => type != FullAttention))
            {
                members.Add($"layer_types other than '{FullAttention}' are not supported");
            }

            return null;
        }

        if (members.Texts("layer_types").Count > 1)
        {
            members.Add("layer_types of several kinds in one model are not supported");
        }

        return members.IsNull("sliding_window") ? null : members.Integer("sliding_window", MistralWindow);
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
