namespace Telecom.Host.Documents;

/// <summary>One thing that <c>doctor</c> looked at.</summary>
/// <param name="Area">What was looked at, e.g. <c>native library</c>.</param>
/// <param name="Status"><c>ok</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to do about it; null when all is well.</param>
internal sealed record DoctorFinding(string Area, string Status, string Message, string? Remedy);
