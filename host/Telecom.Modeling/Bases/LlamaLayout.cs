namespace Telecom.Modeling.Bases;

/// <summary>Tensors of the Llama families.</summary>
internal static class LlamaLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    private const string LegacyRotaryBuffer = ".rotary_emb.inv_freq";

    /// <summary>Path of a module in a layer.</summary>
    public static string Module(int layer, string name) => $"model.layers.{layer}.{name}";

    /// <summary>Everything but the output head, layer by layer.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(BaseConfiguration configuration)
    {
        long hidden = configuration.HiddenSize;
        if (configuration.VocabularySize > 0)
        {
            yield return (Embedding, [configuration.VocabularySize, hidden]);
        }

        for (var layer = 0; layer < configuration.LayerCount; layer++)
        {
            yield return (Module(layer, "input_layernorm.weight"), [hidden]);
            yield return (Module(layer, "post_attention_layernorm.weight"), [hidden]);
            foreach (var (name, outputs, inputs, hasBias) in Projections(configuration))
            {
                yield return (Module(layer, name + ".weight"), [outputs, inputs]);
                if (hasBias)
                {
                    yield return (Module(layer, name + ".bias"), [outputs]);
                }
            }
        }

        yield return (FinalNorm, [hidden]);
    }

    /// <summary>Constants that older files carry along.</summary>
    public static bool IsBuffer(string name) => name.EndsWith(LegacyRotaryBuffer, StringComparison.Ordinal);

    private static IEnumerable<(string Name, long Outputs, long Inputs, bool HasBias)> Projections(BaseConfiguration configuration)
    {
        long hidden = configuration.HiddenSize;
        long inner = configuration.FeedForwardSize;
        var queries = (long)configuration.HeadCount * configuration.HeadSize;
        var keys = (long)configuration.KeyValueHeadCount * configuration.HeadSize;
        yield return ("self_attn.q_proj", queries, hidden, configuration.QueryKeyValueBias);
        yield return ("self_attn.k_proj", keys, hidden, configuration.QueryKeyValueBias);
        yield return ("self_attn.v_proj", keys, hidden, configuration.QueryKeyValueBias);
        yield return ("self_attn.o_proj", hidden, queries, configuration.OutputBias);
        yield return ("mlp.gate_proj", inner, hidden, configuration.FeedForwardBias);
        yield return ("mlp.up_proj", inner, hidden, configuration.FeedForwardBias);
        yield return ("mlp.down_proj", hidden, inner, configuration.FeedForwardBias);
    }
}
