namespace Telecom.Client.OpenInference;

/// <summary>How often something happened and how long that took altogether.</summary>
/// <param name="Count">How often.</param>
/// <param name="Ns">Nanoseconds altogether.</param>
public sealed record DurationStatistics(long Count, long Ns);
