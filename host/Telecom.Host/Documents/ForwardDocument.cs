namespace Telecom.Host.Documents;

/// <summary>The answer of <c>models forward</c>.</summary>
/// <param name="Logits">Scores behind the last real token of each row, [rows][vocabulary]; absent for a base without vocabulary.</param>
/// <param name="Hidden">Final-norm hidden states, [rows][tokens][hidden size]; those of padding mean nothing.</param>
/// <param name="Tokens">Generated tokens, [rows][count].</param>
internal sealed record ForwardDocument(float[][]? Logits, float[][][]? Hidden, long[][]? Tokens)
{
    /// <summary>What text was turned into, without padding; absent where tokens were given.</summary>
    public long[][]? InputIds { get; init; }

    /// <summary>The generated tokens as text; absent where the base has no tokenizer.</summary>
    public string[]? Text { get; init; }
}
