using Telecom.Datasets.Abr;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Tests.Support;

/// <summary>The datasets of this repository's streaming plugin, without a host.</summary>
internal sealed class FixedCatalog(params IDataset[] datasets) : IDatasetCatalog
{
    public static FixedCatalog Shipped { get; } = new(new AbrTracesDataset(), new AbrVideosDataset(), new SynthDataset());

    public IReadOnlyList<IDataset> All { get; } = datasets;

    public IDataset<TRecord> Get<TRecord>(string id) =>
        All.OfType<IDataset<TRecord>>().FirstOrDefault(dataset => string.Equals(dataset.Descriptor.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new TelecomException(ErrorCode.NotFound, $"No dataset '{id}'.");
}
