using System.Globalization;
using Telecom.Host.Documents;

namespace Telecom.Host.Rest.Lists;

/// <summary>Cuts pages out of lists that lie in memory.</summary>
internal static class Pages
{
    // Below every character of a name: equal keys stay together, and "a" stays before "a.b".
    private const char Separator = '\u0001';

    /// <summary>Cuts the page that a request asks for, and sets the <c>Link</c> header where another one follows.</summary>
    /// <param name="context">The request.</param>
    /// <param name="all">The list in any order.</param>
    /// <param name="keyOf">What the list is ordered by, ordinally; best one that no two items share.</param>
    /// <param name="show">What the page shows of an item; called for the items of the page only.</param>
    /// <param name="isDescending">Whether the greatest key comes first.</param>
    /// <exception cref="Sdk.Errors.InvalidInputException">Names the parameter that cannot be read.</exception>
    public static PageDocument<TShown> Cut<TItem, TShown>(
        HttpContext context, IEnumerable<TItem> all, Func<TItem, string> keyOf, Func<TItem, TShown> show, bool isDescending = false)
    {
        var request = PageRequest.Read(context.Request);
        var direction = isDescending ? -1 : 1;
        var items = all
            .GroupBy(keyOf, StringComparer.Ordinal)
            .SelectMany(group => group.Select((item, index) => (Item: item, Key: Unique(group.Key, index))))
            .Where(entry => request.After is null || direction * string.CompareOrdinal(entry.Key, request.After) > 0)
            .Order(Comparer<(TItem Item, string Key)>.Create((left, right) => direction * string.CompareOrdinal(left.Key, right.Key)))
            .Take(request.Limit + 1)
            .ToList();
        string? next = null;
        if (items.Count > request.Limit)
        {
            // The extra item only tells whether another page follows.
            items.RemoveAt(request.Limit);
            next = ListCursor.Write(PageRequest.ListOf(context.Request), items[^1].Key);
            context.Response.Headers.Link = $"<{context.Request.Path}{QueryParameters.WithCursor(context.Request.Query, next)}>; rel=\"next\"";
        }

        return new([.. items.Select(entry => show(entry.Item))], next);
    }

    /// <summary>As above, for items that are shown as they are.</summary>
    public static PageDocument<T> Cut<T>(HttpContext context, IEnumerable<T> all, Func<T, string> keyOf) =>
        Cut(context, all, keyOf, static item => item);

    private static string Unique(string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{key}{Separator}{index:D6}");
}
