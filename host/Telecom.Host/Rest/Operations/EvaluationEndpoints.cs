using System.Text.Json;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Conditions;
using Telecom.Runtime;
using Telecom.Runtime.Evaluation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Rest.Operations;

/// <summary>Scores the methods of a task on its benchmark, as long work.</summary>
internal static class EvaluationEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/tasks/{task}/evaluations", StartAsync)
            .WithName("startEvaluation").WithTags("operations")
            .WithSummary("Scores methods of a task on the same cases; the operation's result is the report of 'telecom evaluate'.")
            .Accepts<NewEvaluationDocument>("application/json")
            .StartsOperation().IsIdempotent()
            .Refuses(StatusCodes.Status400BadRequest).Refuses(StatusCodes.Status404NotFound)
            .Refuses(StatusCodes.Status415UnsupportedMediaType).Refuses(StatusCodes.Status503ServiceUnavailable);

    private static async Task<TaggedJson<OperationDocument>> StartAsync(
        string task, HttpContext context, ITelecomRuntime runtime, OperationService operations)
    {
        var definition = runtime.Task(task);
        var body = await JsonBody.ReadAsync(context.Request);
        var wanted = JsonInput.Read(body.Span, RestJson.Default.NewEvaluationDocument);
        var request = Read(definition, wanted, runtime);
        var methods = request.Methods.Count == 0 ? definition.Methods.Count : request.Methods.Count;
        var operation = operations.Start(OperationKind.Evaluation, CallerId.Of(context), body.Length, async operation =>
        {
            var report = await runtime.Evaluations.EvaluateAsync(request, new EvaluationProgress(operation, methods), operation.Cancellation);
            return JsonSerializer.SerializeToUtf8Bytes(EvaluationDocument.Of(report), ReportJson.Default.EvaluationDocument);
        });
        return OperationEndpoints.Accepted(context, operation);
    }

    private static EvaluationRequest Read(TaskDefinition task, NewEvaluationDocument wanted, ITelecomRuntime runtime)
    {
        var benchmark = task.Benchmark ?? throw new TelecomException(ErrorCode.NotFound, $"Task '{task.Id}' has no benchmark.");
        var errors = new InputErrors();

        // On the command line these may name folders of this machine; a caller over the network has no business there.
        if (wanted.Data is { } data && !runtime.Datasets.All.Any(dataset => dataset.Descriptor.Id == data))
        {
            errors.Add("/data", $"must be a dataset: {string.Join(", ", runtime.Datasets.All.Select(dataset => dataset.Descriptor.Id))}.");
        }

        foreach (var name in (wanted.Settings ?? new Dictionary<string, string>()).Keys.Where(name => benchmark.Settings.All(known => known.Name != name)))
        {
            errors.Add($"/settings/{name}", $"is not known. Settings: {string.Join(", ", benchmark.Settings.Select(known => known.Name))}.");
        }

        foreach (var (method, index) in (wanted.Methods ?? []).Select((method, index) => (method, index)))
        {
            if (task.Methods.All(known => known.Id != method))
            {
                errors.Add(
                    FormattableString.Invariant($"/methods/{index}"), $"is not a method. Methods: {string.Join(", ", task.Methods.Select(known => known.Id))}.");
            }
        }

        errors.ThrowIfAny();
        return new()
        {
            Task = task.Id,
            Data = wanted.Data,
            Split = wanted.Split,
            Methods = [.. (wanted.Methods ?? []).Distinct(StringComparer.Ordinal)],
            Settings = wanted.Settings ?? new Dictionary<string, string>(),
            Seed = wanted.Seed ?? 1,
        };
    }
}
