using System.Text.Json;

namespace Telecom.Client.Predictions;

/// <summary>One answered request as the host keeps it.</summary>
public sealed record StoredPrediction
{
    /// <summary>UUID version 7: ids sort by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Method that was asked for.</summary>
    public required string Method { get; init; }

    /// <summary>Version of the weights that answered; null for analytic answers.</summary>
    public string? Bundle { get; init; }

    /// <summary>Name of the base that answered; null unless an adapted method did.</summary>
    public string? Base { get; init; }

    /// <summary>Adapter that answered, <c>name@version</c>; null where none was part of the answer.</summary>
    public string? Adapter { get; init; }

    /// <summary>When the request arrived at the host, to the microsecond.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time from arrival to answer in milliseconds; 0 or more.</summary>
    public required double ElapsedMs { get; init; }

    /// <summary>The answer document of the task; <c>Output.Deserialize(info)</c> reads it as a record.</summary>
    public required JsonElement Output { get; init; }

    /// <summary>Method that answered instead of <see cref="Method"/>; null when none did.</summary>
    public string? Fallback { get; init; }

    /// <summary>Job that made the prediction; null for requests of callers.</summary>
    public Guid? JobId { get; init; }

    /// <summary>The request document.</summary>
    public required JsonElement Request { get; init; }
}
