namespace Telecom.Runtime.Models;

/// <summary>State of one learned method's weights, for listing.</summary>
/// <param name="Task">Task id.</param>
/// <param name="Method">Method id.</param>
/// <param name="Version">Bundle version; null when untrained.</param>
/// <param name="Status"><c>ready</c>, <c>untrained</c> or <c>faulted</c>.</param>
/// <param name="Folder">Bundle folder; null when untrained.</param>
/// <param name="Base">Base the bundle needs; null when untrained.</param>
/// <param name="Reason">Why it is not ready; null otherwise.</param>
public sealed record ModelRecord(string Task, string Method, string? Version, string Status, string? Folder, string? Base, string? Reason);
