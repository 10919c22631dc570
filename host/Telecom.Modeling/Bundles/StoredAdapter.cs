namespace Telecom.Modeling.Bundles;

/// <summary>One version of an adapter in the store.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">1, 2, …; the highest serves.</param>
/// <param name="Folder">Folder of its two PEFT files.</param>
public sealed record StoredAdapter(string Name, int Version, string Folder);
