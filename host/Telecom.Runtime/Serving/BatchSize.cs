namespace Telecom.Runtime.Serving;

/// <summary>Rows of a batch that is being formed, and their lengths.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Longest">Tokens of the longest row, which the others are padded to.</param>
/// <param name="Tokens">Tokens of all rows without padding.</param>
internal readonly record struct BatchSize(int Rows, int Longest, long Tokens)
{
    /// <returns>The size with one more request.</returns>
    public BatchSize With(QueuedRequest request) =>
        new(Rows + request.Rows, Math.Max(Longest, request.Tokens), Tokens + ((long)request.Rows * request.Tokens));

    public bool FitsIn(BatchLimits limits)
    {
        var padded = (long)Rows * Longest;
        return Rows <= limits.MaxRows && padded <= limits.MaxTokens && padded - Tokens <= limits.MaxPadding * padded;
    }
}
