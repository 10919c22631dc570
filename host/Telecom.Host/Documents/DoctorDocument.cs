namespace Telecom.Host.Documents;

/// <summary>The report of <c>doctor</c>.</summary>
/// <param name="Ok">Whether no finding is an error.</param>
/// <param name="Version">Version of this program.</param>
/// <param name="Framework">The .NET runtime.</param>
/// <param name="System">Operating system and architecture.</param>
/// <param name="Findings">Everything that was looked at.</param>
internal sealed record DoctorDocument(bool Ok, string Version, string Framework, string System, IReadOnlyList<DoctorFinding> Findings);
