namespace Telecom.Client.OpenInference;

/// <summary>One model of a repository.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Its version; null where the server names none.</param>
/// <param name="State"><c>READY</c>, <c>UNAVAILABLE</c>, or another word of the server.</param>
/// <param name="Reason">Why it is not ready; empty or null when it is.</param>
public sealed record RepositoryModel(string Name, string? Version, string? State, string? Reason);
