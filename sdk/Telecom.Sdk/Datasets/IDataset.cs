namespace Telecom.Sdk.Datasets;

/// <summary>Untyped view of a dataset, for listing.</summary>
public interface IDataset
{
    /// <summary>What this dataset is.</summary>
    DatasetDescriptor Descriptor { get; }

    /// <summary>The domain record the dataset yields.</summary>
    Type RecordType { get; }
}

/// <summary>A source of domain records.</summary>
/// <typeparam name="TRecord">A record of <c>Telecom.Sdk.Domains</c>, or of a contract assembly that the plugin shares.</typeparam>
public interface IDataset<TRecord> : IDataset
{
    Type IDataset.RecordType => typeof(TRecord);

    /// <summary>Reads the records of a query, in the dataset's canonical order.</summary>
    /// <exception cref="Errors.TelecomException">
    /// <see cref="Errors.ErrorCode.DataRejected"/> naming file and line, or <see cref="Errors.ErrorCode.NotFound"/> naming what is missing.
    /// </exception>
    IAsyncEnumerable<TRecord> ReadAsync(DatasetQuery query, CancellationToken cancellationToken);
}
