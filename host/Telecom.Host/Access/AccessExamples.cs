using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Host.Rest;

namespace Telecom.Host.Access;

/// <summary>Examples of the documents about keys and quotas.</summary>
internal static class AccessExamples
{
    private const string Id = "7h2kq9w3mxzt";

    private static readonly DateTime At = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>By the name of their component.</summary>
    public static IReadOnlyDictionary<string, JsonNode> All { get; } = new Dictionary<string, JsonNode>
    {
        [nameof(NewKeyDocument)] = JsonNode.Parse("""{"name":"panel","scopes":["read"],"expiresAt":"2027-01-01T00:00:00Z","rowsPerDay":1000}""")!,
        [nameof(KeyDocument)] = JsonSerializer.SerializeToNode(Key, ReadableJson.Access.KeyDocument)!,
        [nameof(CreatedKeyDocument)] =
            JsonSerializer.SerializeToNode(new CreatedKeyDocument(Key, KeyText.Write(Id, "SECRET")), ReadableJson.Access.CreatedKeyDocument)!,
        [nameof(QuotaDocument)] = JsonSerializer.SerializeToNode(Quota, ReadableJson.Access.QuotaDocument)!,
        [nameof(AuditDocument)] = JsonSerializer.SerializeToNode(Entry, ReadableJson.Access.AuditDocument)!,
    };

    private static KeyDocument Key => new()
    {
        Id = Id,
        Prefix = KeyText.Prefix(Id),
        Name = "panel",
        Scopes = ["read"],
        State = "active",
        CreatedAt = At,
        ExpiresAt = At.AddDays(90),
        LastUsedAt = null,
        RevokedAt = null,
        RowsPerDay = 1000,
    };

    private static QuotaDocument Quota => new()
    {
        Caller = Id,
        Name = "panel",
        Scopes = ["read"],
        RequestsPerSecond = 50,
        Burst = 100,
        RequestsLeft = 99,
        RowsPerDay = 1000,
        RowsUsed = 10,
        RowsLeft = 990,
        ResetsAt = At.Date.AddDays(1),
    };

    private static AuditDocument Entry => new()
    {
        At = At,
        Caller = Id,
        CallerName = "operator",
        Action = "removePlugin",
        Target = "/api/v1/plugins/affine",
        Status = StatusCodes.Status204NoContent,
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
    };
}
