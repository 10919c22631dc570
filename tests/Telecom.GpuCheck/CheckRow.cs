namespace Telecom.GpuCheck;

/// <summary>One line of the report.</summary>
/// <param name="Check">Which check.</param>
/// <param name="Case">What of it.</param>
/// <param name="Status"><c>passed</c>, <c>failed</c>, <c>measured</c> (no limit on this device) or <c>not run</c>.</param>
/// <param name="Value">What was found.</param>
/// <param name="Limit">What it is held against.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Note">Why it was not run, or what went wrong.</param>
internal sealed record CheckRow(string Check, string Case, string Status, double? Value = null, double? Limit = null, string? Unit = null, string? Note = null);
