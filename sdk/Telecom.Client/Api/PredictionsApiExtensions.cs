using System.Globalization;
using System.Runtime.CompilerServices;
using Telecom.Client.Predictions;

namespace Telecom.Client.Api;

/// <summary>Long lists of predictions, page after page.</summary>
public static class PredictionsApiExtensions
{
    /// <summary>All stored predictions that fit, newest first; the next page is asked for when the one before is used up.</summary>
    /// <exception cref="TelecomApiException"><c>invalid_input</c>: the filter is wrong; or the host repeats a page.</exception>
    public static async IAsyncEnumerable<StoredPrediction> ListAllPredictionsAsync(
        this IPredictionsApi api, PredictionFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(filter);
        string? cursor = null;
        do
        {
            var page = await api.ListPredictionsAsync(
                filter.Task,
                filter.Method,
                filter.JobId?.ToString("D"),
                Time(filter.From),
                Time(filter.To),
                filter.PageSize,
                cursor,
                cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            // A cursor that leads nowhere would make this list endless.
            cursor = page.NextCursor is null || page.NextCursor != cursor
                ? page.NextCursor
                : throw TelecomApiException.Unreadable("the list of predictions names the same next page twice");
        }
        while (cursor is not null);
    }

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
