namespace Telecom.Client.Api;

/// <summary>Names of headers that both sides know.</summary>
internal static class RequestHeaders
{
    public const string IdempotencyKey = "Idempotency-Key";
    public const string IfMatch = "If-Match";
    public const string LastEventId = "Last-Event-ID";
}
