namespace Telecom.Host.Documents;

/// <summary>The report of a verb that writes one folder.</summary>
/// <param name="Folder">Its full path.</param>
internal sealed record FolderDocument(string Folder);
