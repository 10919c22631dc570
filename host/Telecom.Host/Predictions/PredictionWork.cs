using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Host.Predictions;

/// <summary>Makes predictions and hands them to the store, for callers who wait and for those who come back later.</summary>
internal sealed class PredictionWork(ITelecomRuntime runtime, PredictionRecorder recorder, PredictionPace pace, TimeProvider time)
{
    /// <summary>Whether the requests take longer than their caller waits.</summary>
    public bool IsTooLong(TaskDefinition task, PredictionOptions options, RequestDocuments requests, TimeSpan? wait) =>
        pace.IsTooLong(task.Id, MethodOf(task, options), requests.Items.Count, wait);

    /// <inheritdoc cref="PredictionBatch.PredictAsync"/>
    public async Task<PredictionAnswer[]> RunAsync(
        TaskDefinition task,
        PredictionOptions options,
        RequestDocuments requests,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var answers = await PredictionBatch.PredictAsync(runtime.Predictions, task.Id, options, requests, progress, cancellationToken);
        pace.Observe(task.Id, MethodOf(task, options), answers.Length, time.GetElapsedTime(start));
        for (var i = 0; i < answers.Length; i++)
        {
            await recorder.RecordAsync(Stored(answers[i], requests.Items[i]), cancellationToken);
        }

        return answers;
    }

    private static string MethodOf(TaskDefinition task, PredictionOptions options) => options.Method ?? task.DefaultMethod.Id;

    private static StoredPrediction Stored(PredictionAnswer answer, ReadOnlyMemory<byte> request) => new()
    {
        Id = answer.Id,
        Task = answer.Task,
        Method = answer.Method,
        Bundle = answer.Bundle,
        Base = answer.Base,
        Adapter = answer.Adapter,
        CreatedAt = answer.CreatedAt,
        ElapsedMs = answer.ElapsedMs,
        Request = request,
        Output = answer.Output,
        Fallback = answer.Fallback,
    };
}
