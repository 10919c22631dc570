namespace Telecom.Modeling.Bases;

/// <summary>Tensors of GPT-2, named as in a file with language-model head; files of the bare transformer leave the prefix out.</summary>
internal static class Gpt2Layout
{
    public const string Embedding = Prefix + "wte.weight";
    public const string Positions = Prefix + "wpe.weight";
    public const string FinalNorm = Prefix + "ln_f";
    private const string Prefix = "transformer.";
    private static readonly string[] Linears = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"];
    private static readonly string[] Buffers = [".attn.bias", ".attn.masked_bias"];

    /// <summary>Path of a module in a layer.</summary>
    public static string Module(int layer, string name) => $"{Prefix}h.{layer}.{name}";

    /// <summary>Everything but the output head, layer by layer; linear weights are [inputs, outputs].</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(BaseConfiguration configuration)
    {
        long hidden = configuration.HiddenSize;
        long inner = configuration.FeedForwardSize;
        if (configuration.VocabularySize > 0)
        {
            yield return (Embedding, [configuration.VocabularySize, hidden]);
        }

        yield return (Positions, [configuration.MaxPositions ?? 0, hidden]);
        for (var layer = 0; layer < configuration.LayerCount; layer++)
        {
            (string Name, long[] Shape)[] modules =
            [
                ("ln_1", [hidden]),
                ("attn.c_attn", [hidden, 3 * hidden]),
                ("attn.c_proj", [hidden, hidden]),
                ("ln_2", [hidden]),
                ("mlp.c_fc", [hidden, inner]),
                ("mlp.c_proj", [inner, hidden]),
            ];
            foreach (var (name, shape) in modules)
            {
                yield return (Module(layer, name) + ".weight", shape);
                yield return (Module(layer, name) + ".bias", [shape[^1]]);
            }
        }

        yield return (FinalNorm + ".weight", [hidden]);
        yield return (FinalNorm + ".bias", [hidden]);
    }

    public static string Canonical(string name) =>
        name == BaseLayout.Head || name.StartsWith(Prefix, StringComparison.Ordinal) ? name : Prefix + name;

    public static bool IsLinear(string name) => Linears.Any(linear => name.EndsWith($".{linear}.weight", StringComparison.Ordinal));

    public static bool IsNorm(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal) && name.Contains(".ln_", StringComparison.Ordinal);

    /// <summary>Causal masks that older files carry along.</summary>
    public static bool IsBuffer(string name) => Buffers.Any(buffer => name.EndsWith(buffer, StringComparison.Ordinal));
}
