using Telecom.Runtime.Serving;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Tasks;

/// <content>Requests in tensor form.</content>
internal sealed partial class TaskServer<TIn, TOut>
{
    public override Task<TensorAnswer> PredictAsync(
        PredictionOptions options, IReadOnlyList<TensorValue> inputs, CancellationToken cancellationToken) =>
        MeasureAsync(measure => PredictAsync(options, inputs, measure, cancellationToken));

    private async Task<TensorAnswer> PredictAsync(
        PredictionOptions options, IReadOnlyList<TensorValue> inputs, RequestMeasure measure, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(options.Timeout ?? services.Options.RequestTimeout, services.Time);
        var wanted = options.Method is null ? task.DefaultMethod : task.Method(options.Method);
        RequireAdapter(options, wanted);
        var requests = MethodFault.Guard(wanted.Id, () => Read(inputs));
        measure.EndInput();
        if (Split(wanted, requests) is not { } parts)
        {
            var only = await AnswerAsync(options, wanted, requests, deadline, measure, cancellationToken).ConfigureAwait(false);
            return Finish(only.Answers, only.Fallback);
        }

        var answers = new TOut[requests.Length];
        var fallbacks = await Task.WhenAll(Array.ConvertAll(parts, AnswerPartAsync)).ConfigureAwait(false);
        return Finish(answers, Array.Find(fallbacks, fallback => fallback is not null));

        async Task<string?> AnswerPartAsync(int[] part)
        {
            var rows = Array.ConvertAll(part, row => requests[row]);
            var own = await AnswerAsync(options, wanted, rows, deadline, measure, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < part.Length; i++)
            {
                answers[part[i]] = own.Answers[i];
            }

            return own.Fallback;
        }

        TensorAnswer Finish(TOut[] all, string? fallback)
        {
            measure.BeginOutput();
            return new TensorAnswer(MethodFault.Guard(wanted.Id, () => Write(all)), fallback);
        }
    }

    // Rows that cannot share a batch become requests of their own: those of other lengths, and those that only the fallback can answer. Null for one.
    private int[][]? Split(MethodDescriptor wanted, TIn[] requests)
    {
        if (requests.Length == 1)
        {
            return null;
        }

        return [.. Enumerable.Range(0, requests.Length).GroupBy(KeyOf).Select(group => group.ToArray())];

        (bool IsFallback, long BatchKey) KeyOf(int row)
        {
            var (lane, fallback) = Choose(wanted, requests[row]);
            return (fallback is not null, MethodFault.Guard(lane.Model.Descriptor.Id, () => lane.Model.BatchKey(requests[row])));
        }
    }

    private TIn[] Read(IReadOnlyList<TensorValue> inputs)
    {
        var requests = task.TensorView.Read(inputs);
        return requests.Length == inputs[0].Shape[0] && !Array.Exists(requests, request => request is null)
            ? requests
            : throw new InvalidOperationException($"its tensor view made {requests.Length} requests of {inputs[0].Shape[0]} rows.");
    }

    private IReadOnlyList<TensorValue> Write(TOut[] answers)
    {
        var outputs = task.TensorView.Write(answers);
        var specs = task.TensorView.Signature.Outputs;
        for (var i = 0; i < specs.Count; i++)
        {
            if (outputs.Count != specs.Count || outputs[i].Name != specs[i].Name || !TensorElements.Fit(outputs[i], specs[i], answers.Length))
            {
                throw new InvalidOperationException($"its tensor view gave an output '{specs[i].Name}' that does not match its signature.");
            }
        }

        return outputs;
    }
}
