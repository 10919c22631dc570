using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>A batch whose rows have callers waiting.</summary>
internal sealed class LaneBatch<TIn, TOut>(Lane<TIn, TOut> lane, QueuedRequest<TIn, TOut>[] requests)
    : MethodBatch<TIn, TOut>(lane.Model, [.. requests.SelectMany(request => request.Requests)], requests[0].Lease?.Adapter)
    where TIn : class
    where TOut : class
{
    public override IReadOnlyList<QueuedRequest> Requests => requests;

    public override void Report()
    {
        var row = 0;
        foreach (var request in requests)
        {
            if (Failure is null)
            {
                request.Complete(Answers.Slice(row, request.Rows));
            }
            else
            {
                request.Fail(Failure);
            }

            row += request.Rows;
        }
    }

    // A request that its method cannot take fails alone: the others are tried again without it. An adapter at fault is at fault for all of them.
    public override IReadOnlyList<RunningBatch> Split() =>
        requests.Length > 1 && !HasAdvanced && Failure is { } failure && (failure as TelecomException)?.Code != ErrorCode.AdapterInvalid
            ? [.. requests.Select(request => new LaneBatch<TIn, TOut>(lane, [request]))]
            : [];

    protected override Embeddings? Start() => PluginPulse.RunBatch(lane.Pulse, base.Start);

    protected override Embeddings? Continue(torch.Tensor hidden) => PluginPulse.RunBatch(lane.Pulse, () => base.Continue(hidden));

    protected override void Blame(string reason) => requests[0].Lease?.Quarantine(reason);
}
