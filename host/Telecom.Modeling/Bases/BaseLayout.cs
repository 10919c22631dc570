namespace Telecom.Modeling.Bases;

/// <summary>Names and shapes of the tensors of a base, as Hugging Face files name them.</summary>
internal static class BaseLayout
{
    public const string Head = "lm_head.weight";

    /// <summary>Every tensor a base of this configuration stores, in the shape of its file; a tied head is not stored.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(BaseConfiguration configuration)
    {
        var tensors = configuration.Family == BaseFamily.Gpt2 ? Gpt2Layout.Tensors(configuration) : LlamaLayout.Tensors(configuration);
        return configuration is { VocabularySize: > 0, TieEmbeddings: false }
            ? tensors.Append((Head, [configuration.VocabularySize, configuration.HiddenSize]))
            : tensors;
    }

    /// <summary>Name of the matrix that holds one row per token.</summary>
    public static string Embedding(BaseConfiguration configuration) =>
        configuration.Family == BaseFamily.Gpt2 ? Gpt2Layout.Embedding : LlamaLayout.Embedding;

    /// <summary>Path of the module that a weight belongs to.</summary>
    public static string ModuleOf(string weight) => weight[..^".weight".Length];

    /// <summary>Whether the file holds a linear weight as [inputs, outputs].</summary>
    public static bool IsTransposed(BaseConfiguration configuration, string name) =>
        configuration.Family == BaseFamily.Gpt2 && Gpt2Layout.IsLinear(name);

    /// <summary>The name that <see cref="Tensors"/> gives to a tensor of a file.</summary>
    public static string Canonical(BaseConfiguration configuration, string name) =>
        configuration.Family == BaseFamily.Gpt2 ? Gpt2Layout.Canonical(name) : name;

    /// <summary>Whether a tensor of a file can be left out without a word: constants that older files carry along, and the copy of a tied head.</summary>
    public static bool IsIgnored(BaseConfiguration configuration, string name) =>
        (name == Head && configuration.TieEmbeddings)
        || (configuration.Family == BaseFamily.Gpt2 ? Gpt2Layout.IsBuffer(name) : LlamaLayout.IsBuffer(name));

    /// <summary>Weights of a norm, which start at one.</summary>
    public static bool IsNorm(string name) => name.EndsWith("norm.weight", StringComparison.Ordinal) || Gpt2Layout.IsNorm(name);

    /// <summary>Biases, which start at zero.</summary>
    public static bool IsBias(string name) => name.EndsWith(".bias", StringComparison.Ordinal);

    /// <summary>Projections that write into the residual stream, whose initial scale shrinks with depth.</summary>
    public static bool WritesResidual(string name) =>
        name.EndsWith("o_proj.weight", StringComparison.Ordinal)
        || name.EndsWith("down_proj.weight", StringComparison.Ordinal)
        || name.EndsWith("c_proj.weight", StringComparison.Ordinal);
}
