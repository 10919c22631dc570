using System.Text.Json;

namespace Telecom.Host.Documents;

/// <summary>What <c>models forward</c> reads; names are those of Hugging Face models.</summary>
internal sealed record ForwardRequestDocument
{
    /// <summary>Tokens, one row per sequence; rows of unequal length are padded and the padding marked in <see cref="AttentionMask"/>.</summary>
    public int[][]? InputIds { get; init; }

    /// <summary>Text instead of tokens, for a base with a tokenizer; rows are padded at the front.</summary>
    public string[]? Text { get; init; }

    /// <summary>Embeddings instead of tokens, [rows][tokens][hidden size].</summary>
    public float[][][]? InputsEmbeds { get; init; }

    /// <summary>1 where a token is real, 0 where it is padding; without it every token is real.</summary>
    public int[][]? AttentionMask { get; init; }

    /// <summary>Position of every token, one row per sequence or one for all; by default tokens are counted.</summary>
    public int[][]? PositionIds { get; init; }

    /// <summary>An array with the adapter of each row by name; null for the plain base.</summary>
    public JsonElement? Adapters { get; init; }

    /// <summary>Tokens to generate per row.</summary>
    public int? Greedy { get; init; }

    /// <summary>Whether the answer has hidden states; by default when embeddings went in.</summary>
    public bool? Hidden { get; init; }
}
