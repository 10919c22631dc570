using Telecom.Sdk.Json;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>One predicted orientation on the wire.</summary>
public sealed record ViewportStepDocument
{
    /// <summary>Time of the step.</summary>
    [Quantity("Time of the step on the caller's clock.", Unit = "s")]
    public required double T { get; init; }

    /// <summary>Roll.</summary>
    [Quantity("Roll in (-180, 180].", Unit = "deg", Minimum = -180, Maximum = 180)]
    public required float Roll { get; init; }

    /// <summary>Pitch.</summary>
    [Quantity("Pitch, held at the poles.", Unit = "deg", Minimum = -90, Maximum = 90)]
    public required float Pitch { get; init; }

    /// <summary>Yaw.</summary>
    [Quantity("Yaw in (-180, 180].", Unit = "deg", Minimum = -180, Maximum = 180)]
    public required float Yaw { get; init; }
}
