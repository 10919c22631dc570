namespace Telecom.Host.Rest.Idempotency;

/// <summary>Metadata of addresses that take an <c>Idempotency-Key</c>.</summary>
/// <param name="MaxBodyBytes">Bytes that a body may have before the connection is cut.</param>
internal sealed record IdempotentPost(long MaxBodyBytes);
