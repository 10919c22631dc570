namespace Telecom.Client.OpenInference;

/// <summary>Body of a question for the repository's index.</summary>
internal sealed record RepositoryFilter(bool Ready);
