using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Training;

namespace Telecom.Host.Tests.Fakes;

internal sealed class FakeDatasets : IDatasetCatalog
{
    public Generator MadeUp { get; } = new();

    public IReadOnlyList<IDataset> All => [MadeUp, new Reader()];

    public IDataset<TRecord> Get<TRecord>(string id) => throw new NotSupportedException();

    private static DatasetDescriptor Describe(string id, DatasetOrigin origin) => new()
    {
        Id = id,
        Title = "Some data",
        Origin = origin,
        Licence = "CC0-1.0",
        Source = "a drawer",
        Layout = "one file",
        Splits = ["train", "test"],
        Settings = [new("users", "4", "number of users")],
    };

    internal sealed class Generator : IDataset<ViewportTrace>, IDatasetWriter
    {
        public DatasetDescriptor Descriptor { get; } = Describe("made-up", DatasetOrigin.Generated);

        public (string Directory, DatasetQuery Query)? Written { get; private set; }

        public IAsyncEnumerable<ViewportTrace> ReadAsync(DatasetQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask WriteAsync(string directory, DatasetQuery query, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
        {
            Written = (directory, query);
            progress?.Report(new("writing", 1, 2));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Reader : IDataset<ViewportTrace>
    {
        public DatasetDescriptor Descriptor { get; } = Describe("measured-up", DatasetOrigin.Measured);

        public IAsyncEnumerable<ViewportTrace> ReadAsync(DatasetQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
