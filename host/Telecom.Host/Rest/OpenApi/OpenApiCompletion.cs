using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Gives every operation what all of them have: described addresses, refusals, examples, and one order of answers.</summary>
internal sealed class OpenApiCompletion
{
    private const string Problem = "Problem";
    private const string ProblemJson = "application/problem+json";
    private const string EventStream = "text/event-stream";
    private const string Default = "default";

    private static readonly Dictionary<string, string> PathParameters = new()
    {
        ["task"] = "Task id, as in /api/v1/tasks.",
        ["id"] = "Id, as lists show it.",
        ["name"] = "Name of the adapter.",
        ["code"] = "Code of a problem document.",
    };

    private readonly OpenApiDocument document;
    private readonly ExampleFactory examples;

    private OpenApiCompletion(OpenApiDocument document)
    {
        this.document = document;
        examples = new(document, DocumentExamples.All);
    }

    public static void Complete(OpenApiDocument document)
    {
        var completion = new OpenApiCompletion(document);
        document.AddComponent<IOpenApiResponse>(Problem, Refusal("Any other refusal.", ProblemKinds.Unexpected, document));
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(pair => pair.Value))
        {
            completion.Complete(operation);
        }
    }

    private void Complete(OpenApiOperation operation)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path))
        {
            parameter.Description ??= PathParameters.GetValueOrDefault(parameter.Name!);
        }

        AddExamples(operation.RequestBody?.Content);
        var responses = operation.Responses ?? [];
        foreach (var (status, response) in responses.ToList())
        {
            responses[status] = IsGeneralRefusal(status, response) ? Shared(status) : response;
            AddExamples(response.Content);
        }

        responses.TryAdd(Default, new OpenApiResponseReference(Problem, document));
        operation.Responses = [];
        foreach (var (status, response) in responses.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            operation.Responses[status] = response;
        }
    }

    // Refusals that an operation describes itself have another description than the name of their status.
    private static bool IsGeneralRefusal(string status, IOpenApiResponse response) =>
        response is OpenApiResponse { Content: { Count: 1 } content, Description: var description }
        && content.ContainsKey(ProblemJson)
        && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
        && description == ReasonPhrases.GetReasonPhrase(code);

    private OpenApiResponseReference Shared(string status)
    {
        var name = Problem + status;
        if (document.Components?.Responses?.ContainsKey(name) != true)
        {
            var code = int.Parse(status, CultureInfo.InvariantCulture);
            var kind = ProblemKinds.All.FirstOrDefault(kind => kind.Status == code) ?? ProblemKinds.OfStatus(code);
            var titles = ProblemKinds.All.Where(known => known.Status == code).Select(known => $"{known.Code}: {known.Title}");
            document.AddComponent<IOpenApiResponse>(name, Refusal(string.Join(' ', titles), kind, document));
        }

        return new(name, document);
    }

    private static OpenApiResponse Refusal(string description, ProblemKind kind, OpenApiDocument document)
    {
        var refusal = Schemas.Refusal(description, document);
        refusal.Content![ProblemJson].Example = DocumentExamples.Problem(kind);
        return refusal;
    }

    private void AddExamples(IDictionary<string, OpenApiMediaType>? contents)
    {
        foreach (var (type, content) in contents ?? new Dictionary<string, OpenApiMediaType>())
        {
            if (type == EventStream)
            {
                content.Example ??= DocumentExamples.Events;
            }
            else if (type.EndsWith("json", StringComparison.Ordinal) && type != ProblemJson && content.Schema is { } schema)
            {
                content.Example ??= examples.Of(schema);
            }
        }
    }
}
