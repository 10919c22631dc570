namespace Telecom.Runtime.Plugins;

/// <summary>Base transformer that a plugin needs.</summary>
/// <param name="Family">Model family, e.g. <c>llama</c>.</param>
/// <param name="Hidden">Hidden size.</param>
/// <param name="MinVersion">Lowest version that fits; null for any.</param>
public sealed record ManifestBase(string Family, int Hidden, string? MinVersion);
