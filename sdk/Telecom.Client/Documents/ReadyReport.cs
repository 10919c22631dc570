namespace Telecom.Client.Documents;

/// <summary>Whether the host can work.</summary>
/// <param name="Ready">Whether requests can be answered and stored.</param>
/// <param name="Device">Where tensors live, e.g. <c>cpu</c>.</param>
/// <param name="Base">Name of the shared base.</param>
/// <param name="Reasons">What is wrong or limited.</param>
public sealed record ReadyReport(bool Ready, string Device, string Base, IReadOnlyList<string> Reasons);
