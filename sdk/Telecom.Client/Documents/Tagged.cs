namespace Telecom.Client.Documents;

/// <summary>A document and the tag of its present content.</summary>
/// <typeparam name="T">The document.</typeparam>
/// <param name="Value">The document.</param>
/// <param name="Tag">Its ETag, quotes included: what <c>If-Match</c> takes.</param>
public sealed record Tagged<T>(T Value, string Tag);
