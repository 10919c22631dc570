namespace Telecom.Client.Documents;

/// <summary>One page of a long list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">Entries of this page, 1 to 500; empty on an empty last page.</param>
/// <param name="NextCursor">Asks for the next page; null on the last one. Opaque: only the host that made it understands it.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
