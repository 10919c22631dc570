using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>A video on the wire.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AbrVideoDocument
{
    /// <summary>Ladder.</summary>
    [Quantity("Nominal bitrates of the levels, strictly increasing.", Unit = "kbit/s")]
    public required IReadOnlyList<double> LadderKbps { get; init; }

    /// <summary>Sizes.</summary>
    [Quantity("One list per level with the size of every chunk, as many in each list.", Unit = "byte")]
    public required IReadOnlyList<IReadOnlyList<int>> SizesBytes { get; init; }

    /// <summary>Duration of a chunk.</summary>
    [Quantity("Duration of a chunk; 4000 unless given.", Unit = "ms")]
    public double? ChunkMs { get; init; }

    /// <summary>Chunks of a session.</summary>
    [Quantity("Chunks that are played; all that have sizes unless given.", Minimum = 2)]
    public int? Chunks { get; init; }
}
