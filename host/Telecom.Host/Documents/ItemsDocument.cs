namespace Telecom.Host.Documents;

/// <summary>A list as an object, so that members can be added beside it.</summary>
internal sealed record ItemsDocument<T>(IReadOnlyList<T> Items);
