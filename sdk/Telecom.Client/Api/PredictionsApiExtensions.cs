using System.Globalization;
using Telecom.Client.Predictions;

namespace Telecom.Client.Api;

/// <summary>Long lists of predictions.</summary>
public static class PredictionsApiExtensions
{
    /// <summary>All stored predictions that fit, newest first; the next page is asked for when the one before is used up.</summary>
    /// <exception cref="TelecomApiException"><c>invalid_input</c>: the filter is wrong.</exception>
    public static IAsyncEnumerable<StoredPrediction> ListAllPredictionsAsync(
        this IPredictionsApi api, PredictionFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(filter);
        return Pages.AllAsync(
            cursor => api.ListPredictionsAsync(
                filter.Task, filter.Method, filter.JobId?.ToString("D"), Time(filter.From), Time(filter.To), filter.PageSize, cursor, cancellationToken),
            cancellationToken);
    }

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
