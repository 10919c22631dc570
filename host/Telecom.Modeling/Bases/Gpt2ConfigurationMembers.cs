using System.Text.Json;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bases;

/// <summary>Members of <c>config.json</c> of GPT-2, in its own spelling or that of newer models.</summary>
internal static class Gpt2ConfigurationMembers
{
    public const string Gpt2 = "gpt2";
    private const string Activation = "gelu_new";
    private const int DefaultPositions = 1024;
    private const double DefaultEpsilon = 1e-5;

    // Each changes what attention computes and is off in every published GPT-2.
    private static readonly string[] UnsupportedFlags = ["scale_attn_by_inverse_layer_idx", "add_cross_attention"];

    public static BaseConfiguration Read(JsonMembers members)
    {
        members.RequireText(Spelling(members, "activation_function", "hidden_act"), Activation, Activation);
        foreach (var flag in UnsupportedFlags.Where(flag => members.Flag(flag, false)))
        {
            members.Add($"{flag} is true, which is not supported");
        }

        if (!members.Flag("scale_attn_weights", true))
        {
            members.Add("scale_attn_weights is false, which is not supported");
        }

        var hidden = members.Integer(Spelling(members, "n_embd", "hidden_size"), null);
        var heads = members.Integer(Spelling(members, "n_head", "num_attention_heads"), null);
        return new BaseConfiguration
        {
            Family = BaseFamily.Gpt2,
            HiddenSize = hidden,
            LayerCount = members.Integer(Spelling(members, "n_layer", "num_hidden_layers"), null),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = heads > 0 ? hidden / heads : 0,
            FeedForwardSize = members.Integer(Spelling(members, "n_inner", "intermediate_size"), (int)Math.Min(4L * hidden, int.MaxValue)),
            NormEpsilon = members.Number("layer_norm_epsilon", DefaultEpsilon),
            MaxPositions = members.Integer(Spelling(members, "n_positions", "max_position_embeddings"), DefaultPositions),
            VocabularySize = members.Integer("vocab_size", null),
            TieEmbeddings = members.Flag("tie_word_embeddings", true),
        };
    }

    public static void Write(Utf8JsonWriter writer, BaseConfiguration configuration)
    {
        writer.WriteString("model_type", Gpt2);
        writer.WriteStartArray("architectures");
        writer.WriteStringValue("GPT2LMHeadModel");
        writer.WriteEndArray();
        writer.WriteNumber("n_embd", configuration.HiddenSize);
        writer.WriteNumber("n_inner", configuration.FeedForwardSize);
        writer.WriteNumber("n_layer", configuration.LayerCount);
        writer.WriteNumber("n_head", configuration.HeadCount);
        writer.WriteNumber("n_positions", configuration.MaxPositions ?? 0);
        writer.WriteNumber("layer_norm_epsilon", configuration.NormEpsilon);
        writer.WriteString("activation_function", Activation);
    }

    private static string Spelling(JsonMembers members, string own, string newer) => !members.Has(own) && members.Has(newer) ? newer : own;
}
