using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Telecom.Host.Access;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Operations;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Examples of documents whose members belong together.</summary>
internal static class DocumentExamples
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly DateTime At = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>By the name of their component.</summary>
    public static IReadOnlyDictionary<string, JsonNode> All { get; } = new Dictionary<string, JsonNode>(AccessExamples.All)
    {
        [nameof(PluginDocument)] = Node(Plugin, ReadableJson.Host.PluginDocument),
        [nameof(OperationDocument)] = Node(Operation, ReadableJson.Rest.OperationDocument),
        [nameof(NewEvaluationDocument)] = JsonNode.Parse("""{"split":"test","seed":1}""")!,
        [nameof(ProblemDocument)] = Problem(ProblemKinds.OfStatus(StatusCodes.Status404NotFound)),
        [nameof(ReadyDocument)] = JsonNode.Parse("""{"ready":true,"device":"cpu","base":"nano","reasons":[]}""")!,
        ["JsonNode"] = new JsonObject(),
        ["JsonElement"] = new JsonObject(),
    };

    /// <summary>What a stream of events looks like.</summary>
    public const string Events =
        "id: 1\nevent: progress\ndata: {\"percent\":50,\"stage\":\"predicting\",\"done\":1,\"total\":2}\n\n: heartbeat\n\n"
        + "id: 2\nevent: result\ndata: []\n\n";

    private static PluginDocument Plugin => new()
    {
        Id = "affine",
        Version = "1.0.0",
        State = "Active",
        Code = null,
        Reason = null,
        Folder = "telecom-data/user-plugins/affine",
        Tasks = ["affine"],
        Datasets = [],
        Since = At,
    };

    private static OperationDocument Operation => new()
    {
        Id = "01959d8c-3c00-7000-8000-000000000001",
        Kind = OperationKind.Prediction.Name,
        Status = "running",
        Percent = 50,
        Stage = "predicting",
        CreatedAt = At,
        StartedAt = At,
    };

    /// <returns>A refusal of that kind.</returns>
    public static JsonNode Problem(ProblemKind kind) =>
        Node(ProblemDocuments.Create(kind, "What is wrong, where, and what to do about it.", TraceId), ReadableJson.Rest.ProblemDocument);

    private static JsonNode Node<T>(T document, JsonTypeInfo<T> metadata) => JsonSerializer.SerializeToNode(document, metadata)!;
}
