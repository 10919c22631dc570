using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Adapters;

/// <summary>Which of the two matrices of a token base an adapter changes, and how.</summary>
public sealed record VocabularySettings
{
    /// <summary>Tokens V.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Hidden size d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Module path of the embedding, as checkpoints name it.</summary>
    public required string EmbeddingPath { get; init; }

    /// <summary>Module path of the output head.</summary>
    public string HeadPath { get; } = BaseLayout.ModuleOf(BaseLayout.Head);

    /// <summary>Rank and scale of a low-rank change of the embedding; null for none.</summary>
    public LinearSettings? Embedding { get; init; }

    /// <summary>Rank and scale of a low-rank change of the head; null for none.</summary>
    public LinearSettings? Head { get; init; }

    /// <summary>Whether the adapter has an embedding of its own.</summary>
    public bool ReplacesEmbedding { get; init; }

    /// <summary>Whether the adapter has a head of its own; where the base ties both, its embedding stays.</summary>
    public bool ReplacesHead { get; init; }

    /// <summary>Nothing is changed.</summary>
    internal bool IsEmpty => Embedding is null && Head is null && !ReplacesEmbedding && !ReplacesHead;

    /// <returns>The matrices of a base, unchanged.</returns>
    internal static VocabularySettings Of(BaseConfiguration configuration) => new()
    {
        VocabularySize = configuration.VocabularySize,
        HiddenSize = configuration.HiddenSize,
        EmbeddingPath = BaseLayout.ModuleOf(BaseLayout.Embedding(configuration)),
    };
}
