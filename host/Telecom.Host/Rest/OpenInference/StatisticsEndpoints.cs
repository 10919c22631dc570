using Telecom.Runtime;
using Telecom.Runtime.Serving;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>What the models did since the start; the same counts that the metrics export.</summary>
internal static class StatisticsEndpoints
{
    public static Task AllAsync(HttpContext context)
    {
        var runtime = context.RequestServices.GetRequiredService<ITelecomRuntime>();
        return WriteAsync(context, runtime.Tasks.Select(task => runtime.Tensors.Model(task.Id)));
    }

    public static Task OneAsync(HttpContext context) =>
        WriteAsync(context, [ModelEndpoints.Find(context, context.RequestServices.GetRequiredService<ITelecomRuntime>())]);

    private static Task WriteAsync(HttpContext context, IEnumerable<TensorModel> models)
    {
        var metrics = context.RequestServices.GetRequiredService<ITelecomRuntime>().Metrics;
        var document = new StatisticsDocument([.. models.Select(model => Describe(model, metrics.Of(model.Name)))]);
        return context.Response.WriteAsJsonAsync(document, ReadableJson.OpenInference.StatisticsDocument);
    }

    private static ModelStatisticsDocument Describe(TensorModel model, ModelStatistics statistics) => new(
        model.Name,
        model.Version,
        statistics.LastInferenceMs,
        statistics.Inferences,
        statistics.Executions,
        new InferenceStatisticsDocument(
            DurationDocument.Of(statistics.Success),
            DurationDocument.Of(statistics.Fail),
            DurationDocument.Of(statistics.Queue),
            DurationDocument.Of(statistics.ComputeInput),
            DurationDocument.Of(statistics.ComputeInfer),
            DurationDocument.Of(statistics.ComputeOutput)),
        [.. statistics.Batches.OrderBy(batch => batch.Key).Select(batch => new BatchStatisticsDocument(batch.Key, DurationDocument.Of(batch.Value)))]);
}
