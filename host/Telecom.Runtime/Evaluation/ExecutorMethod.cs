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

    public void Predict(ReadOnlySpan<TIn> batch, Span<TOut> results)
    {
        foreach (var request in batch)
        {
            if (model.Examine(request) is { Kind: not SuitabilityKind.Suitable } unsuitable)
            {
                throw new TelecomException(
                    ErrorCode.Unprocessable, $"The bundle of '{model.Descriptor.Id}' cannot answer these cases: {unsuitable.Reason}");
            }
        }

        var requests = batch.ToArray();
        var running = new MethodBatch<TIn, TOut>(model, requests);
        busy += executor.Run(() =>
        {
            var watch = Stopwatch.StartNew();
            InferenceEngine.RunAlone(running);
            return watch.Elapsed;
        });
        cases += requests.Length;
        running.Answers.CopyTo(results);
    }
}
