using Telecom.Runtime.Adapters;

namespace Telecom.Runtime.Serving;

/// <summary>One request on its way to an answer.</summary>
internal sealed class PendingRow<TIn, TOut>(Lane<TIn, TOut> lane, TIn request, AdapterLease? lease)
    where TIn : class
    where TOut : class
{
    private readonly TaskCompletionSource<TOut> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TIn Request => request;

    /// <summary>The adapter that answers; null for the plain base and for methods without one.</summary>
    public AdapterLease? Lease => lease;

    public long BatchKey { get; } = lane.Model.BatchKey(request);

    public Task<TOut> Answer => completion.Task;

    /// <summary>Whether it may share a batch with another row of its lane.</summary>
    public bool Fits(PendingRow<TIn, TOut> other) => BatchKey == other.BatchKey && lease?.Entry == other.Lease?.Entry;

    public void Complete(TOut answer) => completion.TrySetResult(answer);

    public void Fail(Exception exception) => completion.TrySetException(exception);

    /// <summary>Ends the row at once and takes it out of its lane if it still waits there.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (completion.TrySetCanceled(cancellationToken))
        {
            lane.Remove(this);
        }
    }
}
