using System.Text.Json.Serialization;

namespace Telecom.Host.Access;

/// <summary>What a new key shall be.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NewKeyDocument
{
    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>What it may do; without it, to read and to predict.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When it ends to count; without it, never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Rows that it may ask for in a day (UTC); without it, what the host's setting says.</summary>
    public long? RowsPerDay { get; init; }
}
