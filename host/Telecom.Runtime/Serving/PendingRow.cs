namespace Telecom.Runtime.Serving;

/// <summary>One request on its way to an answer.</summary>
internal sealed class PendingRow<TIn, TOut>(TIn request, long batchKey, CancellationToken cancellationToken)
    where TIn : class
    where TOut : class
{
    private readonly TaskCompletionSource<TOut> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TIn Request => request;

    public long BatchKey => batchKey;

    public Task<TOut> Answer => completion.Task;

    public void Complete(TOut answer) => completion.TrySetResult(answer);

    public void Fail(Exception exception) => completion.TrySetException(exception);

    /// <summary>Ends the row when its caller has gone.</summary>
    public bool IsCancelled() => cancellationToken.IsCancellationRequested && completion.TrySetCanceled(cancellationToken);
}
