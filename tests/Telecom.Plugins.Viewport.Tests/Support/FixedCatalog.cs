using Telecom.Datasets.Viewport;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Viewport.Tests.Support;

/// <summary>The datasets of this repository's viewport plugin, without a host.</summary>
internal sealed class FixedCatalog(params IDataset[] datasets) : IDatasetCatalog
{
    public static FixedCatalog Shipped { get; } = new(new HeadMotionDataset(), new Jin2022Dataset(), new Wu2017Dataset());

    public IReadOnlyList<IDataset> All { get; } = datasets;

    public IDataset<TRecord> Get<TRecord>(string id) =>
        All.OfType<IDataset<TRecord>>().FirstOrDefault(dataset => string.Equals(dataset.Descriptor.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new TelecomException(ErrorCode.NotFound, $"No dataset '{id}'.");
}
