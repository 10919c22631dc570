namespace Telecom.Jobs.Storage;

/// <summary>One use of an idempotency key as the store keeps it.</summary>
internal sealed record IdempotencyRecord
{
    /// <summary>What caller, address and key are reduced to.</summary>
    public required string Id { get; init; }

    /// <summary>What the request is reduced to.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Who works on it, or did.</summary>
    public required Guid Owner { get; init; }

    /// <summary>First use.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when nobody else may work on it.</summary>
    public required DateTimeOffset LeasedUntil { get; init; }

    /// <summary>The answer; null before there is one.</summary>
    public byte[]? Answer { get; init; }
}
