namespace Telecom.Host.Documents;

/// <summary>The report of <c>models verify</c>.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Ok">Whether it is complete and undamaged.</param>
/// <param name="Problems">One line per problem.</param>
internal sealed record CheckpointProblemsDocument(string Folder, bool Ok, IReadOnlyList<string> Problems);
