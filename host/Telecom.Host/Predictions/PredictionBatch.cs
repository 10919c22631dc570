using System.Globalization;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Training;

namespace Telecom.Host.Predictions;

/// <summary>Answers all documents of one body; the serving core batches those that wait at the same time.</summary>
internal static class PredictionBatch
{
    // A few full batches: enough to keep the executor busy, and far from filling the queue that other callers use too.
    private const int Concurrency = 128;

    // As many as one document reports: a hostile array must not grow the refusal without bound.
    private const int ReportedErrors = 20;

    /// <param name="predictions">Answers.</param>
    /// <param name="taskId">Task id.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="requests">The documents.</param>
    /// <param name="progress">Told after every answer; null for nobody.</param>
    /// <param name="cancellationToken">Takes what waits out of the queue.</param>
    /// <returns>One answer per document, in order.</returns>
    /// <exception cref="InvalidInputException">Names the wrong members of all documents; in an array, pointers begin with the index.</exception>
    /// <exception cref="TelecomException">Not found, queue full, plugin fault.</exception>
    public static async Task<PredictionAnswer[]> PredictAsync(
        IPredictionService predictions,
        string taskId,
        PredictionOptions options,
        RequestDocuments requests,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var answers = new PredictionAnswer[requests.Items.Count];
        var refusals = new InvalidInputException?[requests.Items.Count];
        var done = 0L;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, answers.Length, parallel, async (index, token) =>
        {
            try
            {
                answers[index] = await predictions.PredictAsync(taskId, options, requests.Items[index], token);
            }
            catch (InvalidInputException exception)
            {
                refusals[index] = exception;
            }

            progress?.Report(new("predicting", Interlocked.Increment(ref done), answers.Length));
        });

        ThrowIfRefused(refusals, requests.IsArray);
        return answers;
    }

    private static void ThrowIfRefused(InvalidInputException?[] refusals, bool isArray)
    {
        if (!isArray)
        {
            if (refusals[0] is { } refusal)
            {
                throw refusal;
            }

            return;
        }

        var errors = new List<InputError>();
        var code = ErrorCode.Unprocessable;
        for (var index = 0; index < refusals.Length && errors.Count < ReportedErrors; index++)
        {
            if (refusals[index] is { } refusal)
            {
                var prefix = string.Create(CultureInfo.InvariantCulture, $"/{index}");
                errors.AddRange(refusal.Errors.Select(error => error with { Pointer = prefix + error.Pointer }));
                code = refusal.Code == ErrorCode.InvalidInput ? ErrorCode.InvalidInput : code;
            }
        }

        if (errors.Count > 0)
        {
            throw new InvalidInputException(errors[..Math.Min(errors.Count, ReportedErrors)], code);
        }
    }
}
