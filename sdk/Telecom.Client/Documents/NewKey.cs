namespace Telecom.Client.Documents;

/// <summary>What a new API key shall be.</summary>
public sealed record NewKey
{
    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do: <c>read</c>, <c>predict</c>, <c>jobs.write</c>, <c>models.write</c>, <c>plugins.admin</c>, <c>admin</c>; null to read and to predict.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When it ends to count; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Rows that it may ask for in a day (UTC), 1 or more; null for what the host's setting says.</summary>
    public long? RowsPerDay { get; init; }
}
