using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>One download on the wire.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AbrDownloadDocument
{
    /// <summary>Size.</summary>
    [Quantity("Size of the chunk, above 0.", Unit = "byte")]
    public required double SizeBytes { get; init; }

    /// <summary>Delay.</summary>
    [Quantity("Time from the request to the last byte, above 0.", Unit = "ms")]
    public required double DelayMs { get; init; }
}
