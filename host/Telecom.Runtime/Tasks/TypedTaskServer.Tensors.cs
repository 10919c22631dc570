using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Tasks;

/// <content>Requests in tensor form.</content>
internal sealed partial class TaskServer<TIn, TOut>
{
    public override async Task<TensorAnswer> PredictAsync(
        PredictionOptions options, IReadOnlyList<TensorValue> inputs, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(options.Timeout ?? services.Options.RequestTimeout, services.Time);
        var wanted = options.Method is null ? task.DefaultMethod : task.Method(options.Method);
        var named = Named(options, wanted);
        var requests = MethodFault.Guard(wanted.Id, () => Read(inputs));
        var rows = await Task.WhenAll(
            Array.ConvertAll(requests, request => AnswerAsync(wanted, named, request, deadline, cancellationToken))).ConfigureAwait(false);
        var outputs = MethodFault.Guard(wanted.Id, () => Write(Array.ConvertAll(rows, row => row.Answer)));
        return new TensorAnswer(outputs, Array.Find(rows, row => row.Fallback is not null).Fallback);
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
