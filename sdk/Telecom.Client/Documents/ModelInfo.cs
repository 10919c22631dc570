namespace Telecom.Client.Documents;

/// <summary>State of the weights of one learned method.</summary>
/// <param name="Task">Task id.</param>
/// <param name="Method">Method id.</param>
/// <param name="Version">Bundle version; null when untrained.</param>
/// <param name="Status"><c>ready</c>, <c>untrained</c> or <c>faulted</c>.</param>
/// <param name="Folder">Bundle folder on the host; null when untrained.</param>
/// <param name="Base">Base that the bundle needs; null when untrained.</param>
/// <param name="Reason">Why it is not ready; null otherwise.</param>
public sealed record ModelInfo(string Task, string Method, string? Version, string Status, string? Folder, string? Base, string? Reason);
