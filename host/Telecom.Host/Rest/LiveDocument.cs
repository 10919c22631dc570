namespace Telecom.Host.Rest;

/// <summary>Answer of <c>/health/live</c>.</summary>
internal sealed record LiveDocument(bool Live);
