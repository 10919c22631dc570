using Telecom.Datasets.Viewport.HeadTraces;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Viewport;

/// <summary>A measured set of head traces in files <c>video{v}/5Hz/simple_5Hz_user{u}.csv</c>.</summary>
public abstract class HeadTraceDataset : IDataset<ViewportTrace>
{
    private readonly HeadTraceReader reader;

    private protected HeadTraceDataset(HeadTraceLayout layout, string title, string source)
    {
        reader = new(layout);
        Descriptor = new()
        {
            Id = layout.DatasetId,
            Title = title,
            Origin = DatasetOrigin.Measured,
            Licence = "MIT for the prepared files; the recordings state no licence of their own, cite their paper",
            Source = source,
            Layout = $"{layout.Folder}/video<v>/5Hz/simple_5Hz_user<u>.csv: time_s, roll, pitch, yaw in degrees, no header; "
                + "optional splits.json in the root",
            Splits = [.. layout.Official.Keys],
            Settings = HeadTraceReader.Settings,
        };
    }

    /// <inheritdoc/>
    public DatasetDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public IAsyncEnumerable<ViewportTrace> ReadAsync(DatasetQuery query, CancellationToken cancellationToken) =>
        reader.ReadAsync(query, SettingValues.Create(Descriptor.Settings, query.Settings), cancellationToken);
}
