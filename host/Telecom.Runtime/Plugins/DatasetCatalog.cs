using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>The datasets of all loaded plugins.</summary>
internal sealed class DatasetCatalog(IEnumerable<IDataset> datasets, Func<IReadOnlyList<PluginRecord>> plugins) : IDatasetCatalog
{
    private volatile IDataset[] all = Ordered(datasets);

    public IReadOnlyList<IDataset> All => all;

    /// <summary>Lets go of every dataset, whoever still holds this catalog: a dataset that is kept keeps its plugin in memory.</summary>
    public void Clear() => all = [];

    /// <summary>Offers these from now on.</summary>
    public void Replace(IEnumerable<IDataset> current) => all = Ordered(current);

    public IDataset<TRecord> Get<TRecord>(string id)
    {
        var known = all;
        var dataset = Array.Find(known, dataset => string.Equals(dataset.Descriptor.Id, id, StringComparison.OrdinalIgnoreCase));
        if (dataset is IDataset<TRecord> found)
        {
            return found;
        }

        var fitting = Listing.Of(known.OfType<IDataset<TRecord>>().Select(candidate => candidate.Descriptor.Id));
        var problem = dataset is null
            ? $"There is no dataset '{id}'."
            : $"Dataset '{dataset.Descriptor.Id}' yields {dataset.RecordType.Name}, not {typeof(TRecord).Name}.";
        var hint = dataset is null ? Listing.WhyMissing(plugins(), plugin => plugin.Datasets, id) : string.Empty;
        throw new TelecomException(ErrorCode.NotFound, $"{problem} Datasets of {typeof(TRecord).Name}: {fitting}.{hint}");
    }

    private static IDataset[] Ordered(IEnumerable<IDataset> datasets) =>
        [.. datasets.OrderBy(dataset => dataset.Descriptor.Id, StringComparer.Ordinal)];
}
