using Telecom.Sdk.Json;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>An answer on the wire.</summary>
public sealed record ViewportAnswerDocument
{
    /// <summary>Rate.</summary>
    [Quantity("Rate of the steps.", Unit = "Hz")]
    public required double RateHz { get; init; }

    /// <summary>Steps.</summary>
    [Quantity("Predicted orientations; the first lies one step after the last sample.")]
    public required IReadOnlyList<ViewportStepDocument> Steps { get; init; }
}
