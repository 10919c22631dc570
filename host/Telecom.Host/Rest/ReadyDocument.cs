namespace Telecom.Host.Rest;

/// <summary>Answer of <c>/health/ready</c>.</summary>
/// <param name="Ready">Whether requests can be answered and stored.</param>
/// <param name="Device">Where tensors live.</param>
/// <param name="Base">Name of the shared base.</param>
/// <param name="Reasons">What is wrong or limited.</param>
internal sealed record ReadyDocument(bool Ready, string Device, string Base, IReadOnlyList<string> Reasons);
