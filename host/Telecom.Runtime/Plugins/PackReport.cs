namespace Telecom.Runtime.Plugins;

/// <summary>What packing a plugin did.</summary>
/// <param name="Path">The zip.</param>
/// <param name="Fingerprint">Fingerprint of the folder that the zip unpacks to.</param>
/// <param name="Packed">Packed files, relative to the plugin folder.</param>
/// <param name="LeftOut">Files that stayed behind because the host brings them or nobody needs them.</param>
public sealed record PackReport(string Path, string Fingerprint, IReadOnlyList<string> Packed, IReadOnlyList<string> LeftOut);
