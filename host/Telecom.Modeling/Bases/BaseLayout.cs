namespace Telecom.Modeling.Bases;

/// <summary>Names and shapes of the tensors of a Llama base, as Hugging Face files name them.</summary>
internal static class BaseLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    /// <summary>Every tensor a base of this configuration stores, layer by layer; a tied head is not stored.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(BaseConfiguration configuration)
    {
        long hidden = configuration.HiddenSize;
        long inner = configuration.FeedForwardSize;
        var queries = (long)configuration.HeadCount * configuration.HeadSize;
        var keys = (long)configuration.KeyValueHeadCount * configuration.HeadSize;
        if (configuration.VocabularySize > 0)
        {
            yield return (Embedding, [configuration.VocabularySize, hidden]);
        }

        for (var layer = 0; layer < configuration.LayerCount; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [hidden]);
            yield return (prefix + "self_attn.q_proj.weight", [queries, hidden]);
            yield return (prefix + "self_attn.k_proj.weight", [keys, hidden]);
            yield return (prefix + "self_attn.v_proj.weight", [keys, hidden]);
            yield return (prefix + "self_attn.o_proj.weight", [hidden, queries]);
            yield return (prefix + "post_attention_layernorm.weight", [hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [inner, hidden]);
            yield return (prefix + "mlp.up_proj.weight", [inner, hidden]);
            yield return (prefix + "mlp.down_proj.weight", [hidden, inner]);
        }

        yield return (FinalNorm, [hidden]);
        if (configuration is { VocabularySize: > 0, TieEmbeddings: false })
        {
            yield return (Head, [configuration.VocabularySize, hidden]);
        }
    }

    /// <summary>Weights of a norm, which start at one.</summary>
    public static bool IsNorm(string name) => name.EndsWith("norm.weight", StringComparison.Ordinal);

    /// <summary>Projections that write into the residual stream, whose initial scale shrinks with depth.</summary>
    public static bool WritesResidual(string name) =>
        name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
}
