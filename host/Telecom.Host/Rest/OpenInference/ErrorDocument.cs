namespace Telecom.Host.Rest.OpenInference;

/// <summary>A refusal in the form of the protocol.</summary>
internal sealed record ErrorDocument(string Error);
