using System.Text.Json.Serialization;

namespace Telecom.Host.Documents;

/// <summary>One page of a list.</summary>
/// <param name="Items">In an order that stays the same from page to page.</param>
/// <param name="NextCursor">Continues behind the last item; null on the last page.</param>
internal sealed record PageDocument<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);
