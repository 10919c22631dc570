namespace Telecom.Sdk.Datasets;

/// <summary>All datasets of all loaded plugins.</summary>
public interface IDatasetCatalog
{
    /// <summary>Every dataset, ordered by id.</summary>
    IReadOnlyList<IDataset> All { get; }

    /// <summary>The dataset of that id (case is ignored) which yields <typeparamref name="TRecord"/>.</summary>
    /// <exception cref="Errors.TelecomException"><see cref="Errors.ErrorCode.NotFound"/>, listing the ones that fit.</exception>
    IDataset<TRecord> Get<TRecord>(string id);
}
