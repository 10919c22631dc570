using Microsoft.OpenApi;

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
            Parameters = Filter(),
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
        Parameters =
        [
            new OpenApiParameter { Name = "id", In = ParameterLocation.Path, Required = true, Schema = Schemas.Text(format: "uuid") },
            Parameters.IfNoneMatch(),
        ],
        Responses = new()
        {
            ["200"] = Schemas.Answer("The prediction.", new OpenApiSchemaReference(StoredName, document)),
            ["304"] = new OpenApiResponse { Description = "The reader has it already." },
            ["404"] = Schemas.Refusal("No such prediction.", document),
        },
    };

    private static List<IOpenApiParameter> Filter() =>
    [
        Parameters.Query("task", "Only this task.", Schemas.Text()),
        Parameters.Query("method", "Only this method.", Schemas.Text()),
        Parameters.Query("jobId", "Only this job.", Schemas.Text(format: "uuid")),
        Parameters.Query("from", "Earliest arrival, included.", Schemas.Text(format: "date-time")),
        Parameters.Query("to", "Latest arrival, excluded.", Schemas.Text(format: "date-time")),
        Parameters.Limit(),
        Parameters.Cursor(),
    ];
}
