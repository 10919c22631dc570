using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>One past orientation on the wire.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ViewportSampleDocument
{
    /// <summary>Time of the sample.</summary>
    [Quantity("Time of the sample on the caller's clock; strictly increasing.", Unit = "s")]
    public required double T { get; init; }

    /// <summary>Roll.</summary>
    [Quantity("Roll; values outside (-180, 180] are wrapped.", Unit = "deg")]
    public required double Roll { get; init; }

    /// <summary>Pitch.</summary>
    [Quantity("Pitch, positive upwards.", Unit = "deg", Minimum = -90, Maximum = 90)]
    public required double Pitch { get; init; }

    /// <summary>Yaw.</summary>
    [Quantity("Yaw; values outside (-180, 180] are wrapped.", Unit = "deg")]
    public required double Yaw { get; init; }
}
