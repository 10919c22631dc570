using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Adapters;

/// <summary>The adapter store behind the registry.</summary>
/// <param name="registry">Where adapters live.</param>
/// <param name="store">Where they come from.</param>
/// <param name="weights">The base of the host; null without one.</param>
/// <param name="patience">How long a load may wait for room.</param>
/// <param name="time">Clock.</param>
internal sealed class AdapterCatalog(AdapterRegistry registry, AdapterStore store, BaseWeights? weights, TimeSpan patience, TimeProvider time)
    : IAdapterService, IDisposable
{
    // One change of the store's names at a time: two callers who load the same new version get the same one.
    private readonly SemaphoreSlim changing = new(1, 1);

    public IReadOnlyList<AdapterRecord> All => registry.Records;

    /// <summary>Makes the newest version of every name in the store known; the first request for one loads it.</summary>
    /// <returns>Names that found no place.</returns>
    public IReadOnlyList<string> RegisterAll() => weights is null
        ? []
        : [.. store.List().GroupBy(stored => stored.Name, (_, versions) => versions.Last())
            .Where(stored => !registry.TryRegister(stored.Name, stored.Version, new PeftSource(stored.Folder, weights)))
            .Select(stored => stored.Name)];

    public async Task<AdapterRecord> LoadAsync(string name, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await LoadNewestAsync(name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    public AdapterRecord Unload(string name)
    {
        var entry = registry.Find(AdapterReference.Parse(name));
        if (entry.Source.Owner is { } owner)
        {
            throw new TelecomException(ErrorCode.Unprocessable, $"Adapter '{name}' belongs to the bundle of {owner}, which cannot serve without it.");
        }

        registry.Retire(entry);
        return registry.Record(entry);
    }

    public AdapterRecord Pin(string name, bool isPinned)
    {
        var entry = registry.Find(AdapterReference.Parse(name));
        registry.Pin(entry, isPinned);
        return registry.Record(entry);
    }

    public void Dispose() => changing.Dispose();

    private async Task<AdapterRecord> LoadNewestAsync(string name, CancellationToken cancellationToken)
    {
        var (_, version, folder) = (AdapterStore.IsName(name) ? store.Find(name) : null) ?? throw new TelecomException(
            ErrorCode.AdapterNotFound, $"The adapter store has no '{name}': 'telecom models import' puts adapters there.");
        if (weights is null)
        {
            throw new TelecomException(ErrorCode.AdapterInvalid, $"This host has no base that adapter '{name}' could adapt.");
        }

        var deadline = Deadline.After(patience, time);
        var serving = registry.Records.FirstOrDefault(record => record.Name == name && record.IsCurrent);
        if (serving?.Owner is { } owner)
        {
            throw new TelecomException(ErrorCode.Unprocessable, $"The name '{name}' belongs to the bundle of {owner}: import the adapter under another one.");
        }

        if (serving is { State: not "faulted" } && serving.Version == version)
        {
            using var lease = await registry.AcquireAsync(new AdapterReference(name, version), deadline, cancellationToken).ConfigureAwait(false);
            return registry.Record(lease.Entry);
        }

        var entry = await registry.PrepareAsync(name, version, new PeftSource(folder, weights), deadline, cancellationToken).ConfigureAwait(false);
        if (registry.Publish(entry) is { } previous)
        {
            registry.Retire(previous);
        }

        return registry.Record(entry);
    }
}
