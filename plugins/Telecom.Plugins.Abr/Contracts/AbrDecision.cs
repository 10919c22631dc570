namespace Telecom.Plugins.Abr.Contracts;

/// <summary>The level of the next chunk.</summary>
public sealed record AbrDecision
{
    /// <summary>Level, 0 to M − 1.</summary>
    public required int Level { get; init; }

    /// <summary>Nominal bitrate of the level in kbit/s.</summary>
    public required double BitrateKbps { get; init; }

    /// <summary>Policy that decided.</summary>
    public required string Policy { get; init; }

    /// <summary>Probability of every level, [M]; null for policies that have none.</summary>
    public IReadOnlyList<float>? Probabilities { get; init; }

    /// <summary>Whether nothing was downloaded yet, so that a policy which needs throughputs fell back to the lowest level.</summary>
    public bool IsColdStart { get; init; }
}
