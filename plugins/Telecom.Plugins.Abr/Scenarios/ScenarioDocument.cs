using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Scenarios;

/// <summary>A scenario file: one session.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ScenarioDocument
{
    /// <summary>Trace file.</summary>
    [Quantity("Trace file; below the data root, beside the scenario, or anywhere.")]
    public required string Trace { get; init; }

    /// <summary>Video folder.</summary>
    [Quantity("Folder with the size files of the video, or the name of a video that this host knows.")]
    public required string Video { get; init; }

    /// <summary>Start.</summary>
    [Quantity("Segment the session starts in; 1 unless given.", Minimum = 1)]
    public int? StartPointer { get; init; }

    /// <summary>Policy.</summary>
    [Quantity("Method, fixedN or offline-bound; mpc unless given.")]
    public string? Policy { get; init; }

    /// <summary>Levels.</summary>
    [Quantity("Levels to replay instead of asking a policy, from chunk 0 on.")]
    public IReadOnlyList<int>? Levels { get; init; }
}
