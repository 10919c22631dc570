namespace Telecom.Client.OpenInference;

/// <summary>A refusal in the form of the protocol.</summary>
internal sealed record RefusalDocument(string? Error);
