namespace Telecom.Host.Rest.OpenInference;

/// <summary>One model of the repository.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="State"><c>READY</c> or <c>UNAVAILABLE</c>.</param>
/// <param name="Reason">Why it is not ready; empty when it is.</param>
internal sealed record RepositoryEntry(string Name, string Version, string State, string Reason);
