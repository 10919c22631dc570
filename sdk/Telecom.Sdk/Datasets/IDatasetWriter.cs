using Telecom.Sdk.Training;

namespace Telecom.Sdk.Datasets;

/// <summary>A dataset that can write itself to disk in the layout its readers understand; generators implement it.</summary>
public interface IDatasetWriter
{
    /// <summary>Writes the records of a query below <paramref name="directory"/>, which is created.</summary>
    ValueTask WriteAsync(string directory, DatasetQuery query, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);
}
