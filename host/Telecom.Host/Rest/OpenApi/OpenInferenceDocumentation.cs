using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Telecom.Host.Rest.OpenInference;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Describes the Open Inference Protocol as this host speaks it; the same whatever models are loaded.</summary>
internal static class OpenInferenceDocumentation
{
    private const string Model = "/models/{model}";
    private const string Version = "/versions/{version}";

    private static readonly string[] InferenceRefusals = ["400", "404", "413", "415", "429", "500", "503", "504"];

    /// <summary>The document is made here as a whole.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;

        // Its addresses answer in a form of their own and are not known to the generator: everything is added here.
        options.ShouldInclude = static _ => false;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Telecom: Open Inference Protocol",
                Version = "v2",
                Description = "Every task is a model of the same name. Binary tensors (Inference-Header-Content-Length) follow the binary tensor data extension.",
            };
            document.Servers?.Clear();
            document.Paths = [];
            AddServer(document);
            AddModels(document);
            AddRepository(document);
            return Task.CompletedTask;
        });
    }

    private static void AddServer(OpenApiDocument document)
    {
        var live = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "live" },
            Properties = new Dictionary<string, IOpenApiSchema> { ["live"] = new OpenApiSchema { Type = JsonSchemaType.Boolean } },
        };
        var alive = JsonNode.Parse("""{"live":true}""")!;
        Add(document, string.Empty, HttpMethod.Get, "describeServer", "Name, version and extensions of the server.", Answer(
            Component(document, "Server", ReadableJson.OpenInference.ServerDocument),
            """{"name":"telecom","version":"0.1.0","extensions":["binary_tensor_data","model_repository","schedule_policy","statistics"]}"""));
        Add(document, "/health/live", HttpMethod.Get, "serverLive", "Whether the process answers.", Answer(live, alive.ToJsonString()));
        Add(
            document, "/health/ready", HttpMethod.Get, "serverReady", "Whether models can be asked.", Answer(live, alive.ToJsonString()), refusals: ["503"]);
    }

    private static void AddModels(OpenApiDocument document)
    {
        var model = Component(document, "Model", ReadableJson.OpenInference.ModelDocument);
        var ready = Component(document, "ModelReady", ReadableJson.OpenInference.ModelReadyDocument);
        var statistics = Component(document, "Statistics", ReadableJson.OpenInference.StatisticsDocument);
        var request = Schemas.Component(document, "InferenceRequest", InferenceSchemas.Request);
        var answer = Schemas.Component(document, "InferenceResponse", InferenceSchemas.Response);
        Add(document, "/models/stats", HttpMethod.Get, "statistics", "Statistics of every model that was asked.", Answer(statistics, InferenceSchemas.Statistics));
        foreach (var (path, suffix, of) in new[] { (Model, string.Empty, "A model"), (Model + Version, "OfVersion", "A version of a model") })
        {
            Add(document, path, HttpMethod.Get, "describeModel" + suffix, of + ": its tensors and versions.", Answer(model, InferenceSchemas.Model), refusals: ["404"]);
            Add(
                document, path + "/ready", HttpMethod.Get, "modelReady" + suffix, of + ": whether it can be asked.",
                Answer(ready, """{"name":"affine","ready":true}"""), refusals: ["404", "503"]);
            Add(document, path + "/stats", HttpMethod.Get, "modelStatistics" + suffix, of + ": its statistics.", Answer(statistics, InferenceSchemas.Statistics), refusals: ["404"]);
            Add(
                document, path + "/infer", HttpMethod.Post, "infer" + suffix, of + " answers tensors, as JSON or in binary form.",
                Answer(answer, InferenceSchemas.ResponseExample, isBinaryToo: true),
                new OpenApiRequestBody { Required = true, Content = Content(request, InferenceSchemas.RequestExample, isBinaryToo: true) },
                InferenceRefusals);
        }
    }

    private static void AddRepository(OpenApiDocument document)
    {
        var entries = Component(document, "RepositoryIndex", ReadableJson.OpenInference.RepositoryEntryArray);
        var filter = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["ready"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Whether to list only models that can be asked." },
            },
        };
        Add(
            document, "/repository/index", HttpMethod.Post, "repositoryIndex", "All models with their state.",
            Answer(entries, """[{"name":"affine","version":"1","state":"READY","reason":""}]"""),
            new OpenApiRequestBody { Content = Content(filter, """{"ready":true}""") }, ["400"]);
        foreach (var verb in (string[])["load", "unload"])
        {
            Add(
                document, $"/repository{Model}/{verb}", HttpMethod.Post, verb + "Model",
                verb == "load" ? "Lets a model be asked." : "Lets a model be asked no more; what it is asked already is answered.",
                new OpenApiResponse { Description = "Done." }, refusals: ["400", "403", "404"]);
        }
    }

    private static void Add(
        OpenApiDocument document,
        string path,
        HttpMethod method,
        string id,
        string summary,
        OpenApiResponse answer,
        OpenApiRequestBody? body = null,
        IReadOnlyList<string>? refusals = null)
    {
        var error = Component(document, "Error", ReadableJson.OpenInference.ErrorDocument);
        var operation = new OpenApiOperation
        {
            OperationId = id,
            Summary = summary,
            Parameters = Parameters(path),
            RequestBody = body,
            Responses = new() { ["200"] = answer },
        };
        foreach (var status in refusals ?? [])
        {
            operation.Responses[status] = Refusal(ReasonPhrases.GetReasonPhrase(int.Parse(status, CultureInfo.InvariantCulture)), error);
        }

        operation.Responses["default"] = Refusal("Any other refusal.", error);
        document.Paths[OpenInferenceEndpoints.Root + path] = new OpenApiPathItem { Operations = new() { [method] = operation } };
    }

    private static List<IOpenApiParameter> Parameters(string path)
    {
        var parameters = new List<IOpenApiParameter>();
        foreach (var (name, description) in new[] { ("model", "Name of the model, which is a task id."), ("version", "Version of the model.") })
        {
            if (path.Contains($"{{{name}}}", StringComparison.Ordinal))
            {
                parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Path,
                    Required = true,
                    Description = description,
                    Schema = Schemas.Text(),
                });
            }
        }

        if (path.EndsWith("/infer", StringComparison.Ordinal))
        {
            parameters.Add(OpenApi.Parameters.Header(
                "Inference-Header-Content-Length", "Bytes of the JSON part of a binary body; the tensors follow it in order, little-endian."));
        }

        return parameters;
    }

    private static OpenApiResponse Answer(IOpenApiSchema schema, string example, bool isBinaryToo = false) =>
        new() { Description = "The answer.", Content = Content(schema, example, isBinaryToo) };

    private static OpenApiResponse Refusal(string description, IOpenApiSchema error) =>
        new() { Description = description, Content = Content(error, """{"error":"What is wrong, where, and what to do about it."}""") };

    private static Dictionary<string, OpenApiMediaType> Content(IOpenApiSchema schema, string example, bool isBinaryToo = false)
    {
        var content = Schemas.Content(schema, JsonNode.Parse(example));
        if (isBinaryToo)
        {
            content["application/octet-stream"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        }

        return content;
    }

    private static OpenApiSchemaReference Component<T>(OpenApiDocument document, string name, JsonTypeInfo<T> metadata) =>
        document.Components?.Schemas?.ContainsKey(name) == true
            ? new(name, document)
            : Schemas.Component(document, name, metadata.GetJsonSchemaAsNode(new() { TreatNullObliviousAsNonNullable = true }).AsObject());
}
