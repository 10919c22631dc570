using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;

namespace Telecom.Runtime.Adapters;

/// <summary>A folder in PEFT layout: of the adapter store, or a bundle.</summary>
/// <param name="folder">The folder.</param>
/// <param name="weights">The base.</param>
/// <param name="owner">Method whose bundle it is; null for the store.</param>
internal sealed class PeftSource(string folder, BaseWeights weights, string? owner = null) : IAdapterSource
{
    public string Folder => folder;

    public string? Owner => owner;

    public BaseWeights Base => weights;

    public long MeasureHostBytes() =>
        new FileInfo(Path.Combine(folder, BundleLayout.AdapterWeights)) is { Exists: true } file ? file.Length : 0;

    // The card of a bundle has been compared with the base already, and what PEFT wrote names none.
    public StagedAdapter Stage(int maxRank) => PeftFolder.Open(folder).Stage(weights, maxRank, allowBaseMismatch: owner is not null);
}
