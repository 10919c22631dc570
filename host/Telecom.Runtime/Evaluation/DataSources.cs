using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Evaluation;

/// <summary>Reads what a user means by <c>--data</c>.</summary>
internal static class DataSources
{
    /// <param name="catalog">Datasets of the host.</param>
    /// <param name="data">A folder, a dataset id, or null.</param>
    /// <param name="sampleDataset">Dataset to use when nothing is named; null leaves the choice to the reader.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/> when it is neither a folder nor a dataset.</exception>
    public static DataSource Resolve(IDatasetCatalog catalog, string? data, string? sampleDataset)
    {
        if (data is null)
        {
            return new DataSource(catalog, null, sampleDataset);
        }

        if (Directory.Exists(data) || File.Exists(data))
        {
            return new DataSource(catalog, Path.GetFullPath(data), null);
        }

        return catalog.All.Any(dataset => string.Equals(dataset.Descriptor.Id, data, StringComparison.OrdinalIgnoreCase))
            ? new DataSource(catalog, null, data)
            : throw new TelecomException(
                ErrorCode.NotFound,
                $"'{data}' is neither an existing folder nor a dataset. "
                + $"Datasets: {string.Join(", ", catalog.All.Select(dataset => dataset.Descriptor.Id))}.");
    }
}
