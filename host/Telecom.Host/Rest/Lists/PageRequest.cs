using System.Globalization;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Host.Rest.Lists;

/// <summary>Which page of a list a caller wants: <c>limit</c> and <c>cursor</c>.</summary>
/// <param name="Limit">Items at most.</param>
/// <param name="After">Key of the item before the page; null for the first page.</param>
internal sealed record PageRequest(int Limit, string? After)
{
    /// <summary>Items of a page when nothing is asked for.</summary>
    public const int DefaultLimit = PredictionQuery.DefaultLimit;

    /// <summary>Items of a page at most.</summary>
    public const int MaximumLimit = PredictionQuery.MaximumLimit;

    /// <exception cref="InvalidInputException">Names the parameter that cannot be read.</exception>
    public static PageRequest Read(HttpRequest request)
    {
        var errors = new InputErrors();
        var limit = QueryParameters.Integer(request.Query, "limit", DefaultLimit, errors);
        if (limit is < 1 or > MaximumLimit)
        {
            errors.Add("/limit", string.Create(CultureInfo.InvariantCulture, $"must be from 1 to {MaximumLimit}, but is {limit}."));
        }

        var cursor = QueryParameters.Text(request.Query, "cursor", errors);
        errors.ThrowIfAny();
        return new(limit, cursor is null ? null : ListCursor.Read(ListOf(request), cursor));
    }

    /// <returns>What tells this list from others: its address and its filter.</returns>
    public static string ListOf(HttpRequest request) =>
        request.Path + QueryString.Create(request.Query
            .Where(pair => pair.Key is not ("cursor" or "limit"))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString())));
}
