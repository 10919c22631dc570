using System.Runtime.CompilerServices;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Long lists, page after page.</summary>
public static class Pages
{
    /// <summary>All entries: the next page is asked for when the one before is used up.</summary>
    /// <typeparam name="T">What is listed.</typeparam>
    /// <param name="read">Reads the page of a cursor, null for the first, e.g. <c>cursor => api.ListTasksAsync(500, cursor, token)</c>.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    /// <exception cref="TelecomApiException">The host refuses a page, or names the same next page twice.</exception>
    public static async IAsyncEnumerable<T> AllAsync<T>(
        Func<string?, Task<Page<T>>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        string? cursor = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await read(cursor).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            // A cursor that leads nowhere would make this list endless.
            cursor = page.NextCursor is null || page.NextCursor != cursor
                ? page.NextCursor
                : throw TelecomApiException.Unreadable("a list names the same next page twice");
        }
        while (cursor is not null);
    }
}
