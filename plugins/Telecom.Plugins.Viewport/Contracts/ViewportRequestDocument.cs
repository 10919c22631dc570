using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>A request on the wire.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ViewportRequestDocument
{
    /// <summary>Dataset of the viewer.</summary>
    [Quantity("Dataset the viewer belongs to, if any; lets a method look up what it knows about that dataset.")]
    public string? Dataset { get; init; }

    /// <summary>Video of the viewer.</summary>
    [Quantity("Video number within the dataset, if any.", Minimum = 0)]
    public int? Video { get; init; }

    /// <summary>Frame rate.</summary>
    [Quantity("Frame rate of the video, if known; no method needs it today.", Unit = "Hz")]
    public double? Fps { get; init; }

    /// <summary>Past orientations.</summary>
    [Quantity("At least two past orientations, oldest first; only those after the last gap of more than 0.5 s count, at most 20 s of them.")]
    public required IReadOnlyList<ViewportSampleDocument> Samples { get; init; }

    /// <summary>Horizon as time.</summary>
    [Quantity("How far to predict; give this or steps, or neither for 4 s.", Unit = "s", Maximum = 20)]
    public double? HorizonS { get; init; }

    /// <summary>Horizon as steps.</summary>
    [Quantity("How many steps of 0.2 s to predict; give this or horizon_s, or neither for 20.", Minimum = 1, Maximum = 100)]
    public int? Steps { get; init; }

    /// <summary>Front direction.</summary>
    [Quantity("Yaw of the content's front, if known; values outside (-180, 180] are wrapped.", Unit = "deg")]
    public double? FrontYaw { get; init; }
}
