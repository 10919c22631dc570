namespace Telecom.Client.Documents;

/// <summary>A whole list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">All entries.</param>
public sealed record ItemList<T>(IReadOnlyList<T> Items);
