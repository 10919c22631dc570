using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;

namespace Telecom.Host.Documents;

/// <summary>The report of <c>models import</c>.</summary>
/// <param name="Name">Name in the store.</param>
/// <param name="Version">Its new version.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Method">Adapter method.</param>
/// <param name="Rank">Largest rank of its layers; 0 where it has none.</param>
/// <param name="Parameters">Trainable values.</param>
/// <param name="Base">Base it was checked against.</param>
/// <param name="BaseFingerprint">Fingerprint of that base.</param>
internal sealed record AdapterDocument(
    string Name, int Version, string Folder, string Method, int Rank, long Parameters, string Base, string BaseFingerprint)
{
    public static AdapterDocument Of(StoredAdapter stored, Adapter adapter, BaseModel model) => new(
        stored.Name,
        stored.Version,
        stored.Folder,
        adapter.Method.Name,
        adapter.Placements.Select(placement => placement.Settings.Rank).DefaultIfEmpty().Max(),
        adapter.ParameterCount,
        model.Name,
        model.Fingerprint);
}
