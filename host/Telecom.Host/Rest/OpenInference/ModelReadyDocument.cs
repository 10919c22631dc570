namespace Telecom.Host.Rest.OpenInference;

/// <summary>Whether a model answers.</summary>
internal sealed record ModelReadyDocument(string Name, bool Ready);
