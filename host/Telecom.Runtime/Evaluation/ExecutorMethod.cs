using System.Diagnostics;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;

namespace Telecom.Runtime.Evaluation;

/// <summary>A method as a benchmark sees it: each batch runs on the executor thread and only the computation is timed.</summary>
internal sealed class ExecutorMethod<TIn, TOut>(DeviceExecutor executor, LoadedModel<TIn, TOut> model) : IMethod<TIn, TOut>
    where TIn : class
    where TOut : class
{
    private long cases;
    private TimeSpan busy;

    /// <summary>Mean time per case so far, in microseconds.</summary>
    public double MicrosecondsPerCase => cases == 0 ? 0 : busy.TotalMicroseconds / cases;

    /// <summary>Answers a batch, in as many parts as it has batch keys.</summary>
    /// <exception cref="TelecomException">The method cannot answer a case (<see cref="ErrorCode.Unprocessable"/>), or failed.</exception>
    public void Predict(ReadOnlySpan<TIn> batch, Span<TOut> results)
    {
        var requests = batch.ToArray();
        var parts = MethodFault.Guard(model.Descriptor.Id, () => Parts(requests));
        foreach (var part in parts)
        {
            var running = new MethodBatch<TIn, TOut>(model, [.. part.Select(row => requests[row])]);
            busy += executor.Run(() =>
            {
                var watch = Stopwatch.StartNew();
                InferenceEngine.RunAlone(running);
                return watch.Elapsed;
            });
            for (var i = 0; i < part.Length; i++)
            {
                results[part[i]] = running.Answers[i];
            }
        }

        cases += requests.Length;
    }

    // Rows that may share a batch, as serving would form them.
    private List<int[]> Parts(TIn[] requests)
    {
        foreach (var request in requests)
        {
            if (model.Examine(request) is { Kind: not SuitabilityKind.Suitable } unsuitable)
            {
                throw new TelecomException(ErrorCode.Unprocessable, $"'{model.Descriptor.Id}' cannot answer these cases: {unsuitable.Reason}.");
            }
        }

        return [.. Enumerable.Range(0, requests.Length).GroupBy(row => model.BatchKey(requests[row])).Select(rows => rows.ToArray())];
    }
}
