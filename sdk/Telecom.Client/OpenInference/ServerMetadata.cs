namespace Telecom.Client.OpenInference;

/// <summary>What a server is.</summary>
/// <param name="Name">Name of the server.</param>
/// <param name="Version">Its version.</param>
/// <param name="Extensions">Extensions of the protocol that it knows, e.g. <c>binary_tensor_data</c>.</param>
public sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);
