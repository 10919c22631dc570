namespace Telecom.Host.Rest.OpenInference;

/// <summary>What the server is.</summary>
internal sealed record ServerDocument(string Name, string Version, IReadOnlyList<string> Extensions);
