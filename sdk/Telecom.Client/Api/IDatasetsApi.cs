using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Where examples come from.</summary>
public interface IDatasetsApi
{
    /// <summary>All datasets with licence, source and settings.</summary>
    [Get("/api/v1/datasets")]
    Task<Page<DatasetInfo>> ListDatasetsAsync(int? limit, string? cursor, CancellationToken cancellationToken);
}
