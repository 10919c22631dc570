using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Rest;

/// <summary>Completes the OpenAPI document with what only the running host knows: one concrete path per loaded task.</summary>
internal static class OpenApiDocumentation
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Info = new() { Title = "Telecom", Version = "v1", Description = "Predictions of networking tasks by plugins that share one frozen base model." };
            document.Servers?.Clear();
            var problem = ProblemSchema(document);
            DescribeQuery(document, problem);
            foreach (var task in context.ApplicationServices.GetRequiredService<ITelecomRuntime>().Tasks)
            {
                document.Paths[$"/api/v1/tasks/{task.Id}/predictions"] = new OpenApiPathItem
                {
                    Operations = new() { [HttpMethod.Post] = Predict(task, document, problem) },
                };
            }

            return Task.CompletedTask;
        });
    }

    private static OpenApiOperation Predict(TaskDefinition task, OpenApiDocument document, OpenApiSchema problem)
    {
        var request = Schema(task.RequestSchema, document);
        var answer = Envelope(Schema(task.ResponseSchema, document));
        return new()
        {
            OperationId = $"{PredictionEndpoints.PredictName}_{task.Id}",
            Tags = new HashSet<OpenApiTagReference> { new("predictions", document) },
            Summary = task.Title,
            Description = task.Description,
            Parameters = [MethodParameter(task)],
            RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { [Json] = new OpenApiMediaType { Schema = OneOrMany(request), Example = task.Example.DeepClone() } },
            },
            Responses = new()
            {
                ["200"] = Response("The answer, or the answers in the order of the requests.", Json, OneOrMany(answer)),
                ["400"] = Response("The request is not valid; errors name the members.", ProblemJson, problem),
                ["404"] = Response("No such task or method.", ProblemJson, problem),
                ["413"] = Response("The body is too large.", ProblemJson, problem),
                ["415"] = Response("The body is not JSON.", ProblemJson, problem),
                ["422"] = Response("The method cannot answer this request, or has no weights.", ProblemJson, problem),
                ["503"] = Response("Too many requests wait, or the plugin does not serve.", ProblemJson, problem),
            },
        };
    }

    private static OpenApiParameter MethodParameter(TaskDefinition task) => new()
    {
        Name = "method",
        In = ParameterLocation.Query,
        Description = $"Method that answers; default {task.DefaultMethod.Id}.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. task.Methods.Select(method => (JsonNode)JsonValue.Create(method.Id)!)] },
    };

    private static OpenApiSchema OneOrMany(OpenApiSchema schema) => new()
    {
        OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema }],
    };

    private static OpenApiResponse Response(string description, string contentType, OpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [contentType] = new OpenApiMediaType { Schema = schema } },
    };

    private static OpenApiSchema Envelope(OpenApiSchema output) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "id", "task", "method", "bundle", "base", "createdAt", "elapsedMs", "output", "fallback" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["id"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
            ["task"] = Text("Task id."),
            ["method"] = Text("Method that was asked for, or the default."),
            ["bundle"] = Text("Version of the weights that answered; null for analytic methods.", isNullable: true),
            ["base"] = Text("Name of the base that answered; null unless an adapted method did.", isNullable: true),
            ["createdAt"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            ["elapsedMs"] = new OpenApiSchema { Type = JsonSchemaType.Number, Description = "Milliseconds from arrival to answer." },
            ["output"] = output,
            ["fallback"] = Text("Method that answered instead; null when none did.", isNullable: true),
        },
    };

    private static OpenApiSchema Text(string description, bool isNullable = false) => new()
    {
        Type = isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String,
        Description = description,
    };

    private static OpenApiSchema ProblemSchema(OpenApiDocument document) => Schema(
        JsonNode.Parse("""
            {
              "type": "object",
              "required": ["type", "title", "status", "detail", "code", "traceId"],
              "properties": {
                "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" },
                "code": { "type": "string" }, "traceId": { "type": "string" },
                "errors": {
                  "type": "array",
                  "items": {
                    "type": "object", "required": ["pointer", "detail"],
                    "properties": { "pointer": { "type": "string" }, "detail": { "type": "string" } }
                  }
                }
              }
            }
            """)!,
        document);

    private static void DescribeQuery(OpenApiDocument document, OpenApiSchema problem)
    {
        OpenApiParameter Parameter(string name, string description, OpenApiSchema? schema = null) => new()
        {
            Name = name,
            In = ParameterLocation.Query,
            Description = description,
            Schema = schema ?? new OpenApiSchema { Type = JsonSchemaType.String },
        };

        var time = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        document.Paths["/api/v1/predictions"] = new OpenApiPathItem
        {
            Operations = new()
            {
                [HttpMethod.Get] = new()
                {
                    OperationId = PredictionEndpoints.ListName,
                    Tags = new HashSet<OpenApiTagReference> { new("predictions", document) },
                    Summary = "Stored predictions, newest first.",
                    Parameters =
                    [
                        Parameter("task", "Only this task."),
                        Parameter("method", "Only this method."),
                        Parameter("jobId", "Only this job.", new() { Type = JsonSchemaType.String, Format = "uuid" }),
                        Parameter("from", "Earliest arrival, included.", time),
                        Parameter("to", "Latest arrival, excluded.", time),
                        Parameter("limit", "Items of one page.", new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{PredictionQuery.MaximumLimit}", Default = PredictionQuery.DefaultLimit }),
                        Parameter("cursor", "nextCursor of the page before."),
                    ],
                    Responses = new()
                    {
                        ["200"] = Response("One page; nextCursor and the Link header continue it.", Json, new() { Type = JsonSchemaType.Object }),
                        ["400"] = Response("A parameter is not valid.", ProblemJson, problem),
                    },
                },
            },
        };
    }

    private static OpenApiSchema Schema(JsonNode schema, OpenApiDocument document) =>
        OpenApiModelFactory.Parse<OpenApiSchema>(schema.ToJsonString(), OpenApiSpecVersion.OpenApi3_1, document, out _, "json")
        ?? throw new InvalidOperationException("A task's schema is not valid in OpenAPI.");
}
