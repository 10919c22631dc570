namespace Telecom.Jobs.Storage;

/// <summary>What became of the wish to work on a request.</summary>
/// <param name="State">Whether the caller may work on it.</param>
/// <param name="Answer">The earlier answer where there is one; null otherwise.</param>
public sealed record IdempotencyClaim(IdempotencyState State, byte[]? Answer);
