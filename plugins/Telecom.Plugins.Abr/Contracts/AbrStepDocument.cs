using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>One chunk of a session so far, on the wire.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AbrStepDocument
{
    /// <summary>Level.</summary>
    [Quantity("Level of the chunk.", Minimum = 0)]
    public required int Level { get; init; }

    /// <summary>Size.</summary>
    [Quantity("Size of the chunk, above 0.", Unit = "byte")]
    public required double SizeBytes { get; init; }

    /// <summary>Delay.</summary>
    [Quantity("Time from the request to the last byte, above 0.", Unit = "ms")]
    public required double DelayMs { get; init; }

    /// <summary>Rebuffering.</summary>
    [Quantity("Time the picture stood still while the chunk was downloaded.", Unit = "s", Minimum = 0)]
    public required double RebufferSeconds { get; init; }

    /// <summary>Buffer.</summary>
    [Quantity("Buffer after the chunk was added.", Unit = "s", Minimum = 0)]
    public required double BufferSeconds { get; init; }

    /// <summary>Reward.</summary>
    [Quantity("Quality of the chunk; from level and rebuffering unless given.")]
    public double? Reward { get; init; }
}
