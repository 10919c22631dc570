using System.Globalization;
using Microsoft.OpenApi;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Describes how stored predictions are listed and read.</summary>
internal static class ListOperation
{
    private const string StoredName = "StoredPrediction";

    public static OpenApiOperation Create(OpenApiDocument document)
    {
        var stored = Schemas.Envelope(new OpenApiSchema { Description = "The answer, as its task describes it." });
        stored.Properties!["jobId"] = Schemas.Text("Job that made the prediction; null for requests of callers.", isNullable: true, format: "uuid");
        stored.Properties["request"] = new OpenApiSchema { Description = "The request, as its task describes it." };
        var page = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "items", "nextCursor" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["items"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Schemas.Component(document, StoredName, stored) },
                ["nextCursor"] = Schemas.Text("Continues behind the last item; null on the last page.", isNullable: true),
            },
        };
        return new()
        {
            OperationId = "listPredictions",
            Tags = new HashSet<OpenApiTagReference> { new(OpenApiDocumentation.Tag, document) },
            Summary = "Stored predictions, newest first; the Link header continues the list.",
            Parameters = Parameters(),
            Responses = new()
            {
                ["200"] = Schemas.Answer("One page.", page),
                ["400"] = Schemas.Refusal("A parameter is not valid.", document),
            },
        };
    }

    public static OpenApiOperation CreateSingle(OpenApiDocument document) => new()
    {
        OperationId = "getPrediction",
        Tags = new HashSet<OpenApiTagReference> { new(OpenApiDocumentation.Tag, document) },
        Summary = "One stored prediction with its request.",
        Parameters = [new OpenApiParameter { Name = "id", In = ParameterLocation.Path, Required = true, Schema = Schemas.Text(format: "uuid") }],
        Responses = new()
        {
            ["200"] = Schemas.Answer("The prediction.", new OpenApiSchemaReference(StoredName, document)),
            ["404"] = Schemas.Refusal("No such prediction.", document),
        },
    };

    private static List<IOpenApiParameter> Parameters() =>
    [
        Parameter("task", "Only this task.", Schemas.Text()),
        Parameter("method", "Only this method.", Schemas.Text()),
        Parameter("jobId", "Only this job.", Schemas.Text(format: "uuid")),
        Parameter("from", "Earliest arrival, included.", Schemas.Text(format: "date-time")),
        Parameter("to", "Latest arrival, excluded.", Schemas.Text(format: "date-time")),
        Parameter("limit", "Items of one page.", new()
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = PredictionQuery.MaximumLimit.ToString(CultureInfo.InvariantCulture),
            Default = PredictionQuery.DefaultLimit,
        }),
        Parameter("cursor", "nextCursor of the page before.", Schemas.Text()),
    ];

    private static OpenApiParameter Parameter(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };
}
