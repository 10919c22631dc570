using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>An answer on the wire.</summary>
public sealed record AbrDecisionDocument
{
    /// <summary>Level.</summary>
    [Quantity("Level of the chunk.", Minimum = 0)]
    public required int Level { get; init; }

    /// <summary>Bitrate.</summary>
    [Quantity("Nominal bitrate of the level.", Unit = "kbit/s")]
    public required double BitrateKbps { get; init; }

    /// <summary>Policy.</summary>
    [Quantity("Policy that decided.")]
    public required string Policy { get; init; }

    /// <summary>Probabilities.</summary>
    [Quantity("Probability of every level; learned policies only.", Minimum = 0, Maximum = 1)]
    public IReadOnlyList<float>? Probabilities { get; init; }

    /// <summary>Cold start.</summary>
    [Quantity("True when nothing was downloaded yet, so that a policy which needs downloads starts at the lowest level.")]
    public bool? ColdStart { get; init; }
}
