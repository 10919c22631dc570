namespace Telecom.Sdk.Datasets;

/// <summary>What the user named as data: a folder, a dataset, or nothing (then the task's generated sample set is used).</summary>
/// <param name="Catalog">The datasets of this host.</param>
/// <param name="Path">Data root as given, or null.</param>
/// <param name="DatasetId">Dataset as given, or null.</param>
public sealed record DataSource(IDatasetCatalog Catalog, string? Path, string? DatasetId);
