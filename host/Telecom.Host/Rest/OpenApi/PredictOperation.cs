using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Telecom.Host.Rest.Operations;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Describes how one task is asked.</summary>
internal static class PredictOperation
{
    public static OpenApiOperation Create(TaskDefinition task, OpenApiDocument document)
    {
        var request = Schemas.Component(document, $"{task.Id}.request", task.RequestSchema);
        var answer = Schemas.Component(document, $"{task.Id}.answer", task.ResponseSchema);
        var prediction = Schemas.Component(document, $"{task.Id}.prediction", Schemas.Envelope(answer));
        return new()
        {
            OperationId = $"predict_{task.Id}",
            Tags = new HashSet<OpenApiTagReference> { new(OpenApiDocumentation.Tag, document) },
            Summary = task.Title,
            Description = task.Description,
            Parameters =
            [
                MethodParameter(task), AdapterParameter(), .. task.HasSessions ? [SessionParameter()] : Array.Empty<IOpenApiParameter>(),
                TimeoutParameter(), PreferParameter(), Parameters.IdempotencyKey(),
            ],
            RequestBody = new OpenApiRequestBody { Required = true, Content = Schemas.Content(Schemas.OneOrMany(request), task.Example.DeepClone()) },
            Responses = new()
            {
                ["200"] = Schemas.Answer("The answer, or the answers in the order of the requests.", Schemas.OneOrMany(prediction)),
                ["202"] = Schemas.Answer(
                    "Asked for, or too long to wait for: the answer will be the result of the operation that Location names.",
                    new OpenApiSchemaReference(nameof(OperationDocument), document)),
                ["400"] = Schemas.Refusal("The request is not valid; errors name the members.", document),
                ["404"] = Schemas.Refusal("No such task, method, adapter or session.", document),
                ["409"] = Schemas.Refusal("A request with this Idempotency-Key is being worked on.", document),
                ["413"] = Schemas.Refusal("The body is too large.", document),
                ["415"] = Schemas.Refusal("The body is not JSON.", document),
                ["422"] = Schemas.Refusal("The method cannot answer this request, has no weights, the adapter cannot be used, or the Idempotency-Key belongs to another request.", document),
                ["429"] = Schemas.Refusal("This caller has too many requests waiting; Retry-After says when to come back.", document),
                ["503"] = Schemas.Refusal(
                    "Too many requests wait, the memory for adapters is full, or the plugin does not serve; Retry-After says when to come back.", document),
                ["504"] = Schemas.Refusal("The request waited longer than timeoutMs.", document),
            },
        };
    }

    private static OpenApiParameter AdapterParameter() => new()
    {
        Name = "adapter",
        In = ParameterLocation.Query,
        Description = "Adapter that answers instead of the bundle's own, NAME or NAME@VERSION of /api/v1/models/adapters; for adapted methods.",
        Schema = Schemas.Text(),
    };

    private static OpenApiParameter SessionParameter() => new()
    {
        Name = "session",
        In = ParameterLocation.Query,
        Description = "Session whose earlier requests this one builds on: 'new' begins one, whose id the answer holds. One request at a time, no arrays.",
        Schema = Schemas.Text(),
    };

    private static OpenApiParameter PreferParameter() => Parameters.Header(
        "Prefer",
        "respond-async answers 202 at once; wait=SECONDS says how long the caller waits before 202 suits him better, 2 s without it (RFC 7240).");

    private static OpenApiParameter TimeoutParameter() => new()
    {
        Name = "timeoutMs",
        In = ParameterLocation.Query,
        Description = "Milliseconds in which an answer is of use; without it the host's Serving:RequestTimeoutMs.",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = PredictionQueryString.LongestTimeoutMs.ToString(CultureInfo.InvariantCulture),
        },
    };

    private static OpenApiParameter MethodParameter(TaskDefinition task) => new()
    {
        Name = "method",
        In = ParameterLocation.Query,
        Description = $"Method that answers; default {task.DefaultMethod.Id}.",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. task.Methods.Select(method => (JsonNode)JsonValue.Create(method.Id)!)],
        },
    };
}
