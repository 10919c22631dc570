namespace Telecom.Sdk.Methods;

/// <summary>One batch of requests on its way through the base, from the first forward to the last.</summary>
/// <param name="requests">The requests of the batch.</param>
/// <param name="cacheTokens">Tokens the key-value cache holds at most; 0 for methods that need one forward only.</param>
public sealed class AdaptedPass<TIn, TOut>(TIn[] requests, int cacheTokens)
{
    private readonly TOut[] results = new TOut[requests.Length];

    /// <summary>The requests of the batch.</summary>
    public ReadOnlySpan<TIn> Requests => requests;

    /// <summary>One answer per request, filled by the last step.</summary>
    public Span<TOut> Results => results;

    /// <summary>Tokens per row that the key-value cache of this pass must hold; 0 means that no cache is kept.</summary>
    public int CacheTokens { get; } = cacheTokens;

    /// <summary>Forwards done so far.</summary>
    public int Step { get; set; }

    /// <summary>What the method carries from step to step: plain values, never tensors.</summary>
    public object? State { get; set; }
}
