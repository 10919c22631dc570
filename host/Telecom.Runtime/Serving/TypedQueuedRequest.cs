using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Serving;

/// <inheritdoc cref="QueuedRequest"/>
internal sealed class QueuedRequest<TIn, TOut> : QueuedRequest
    where TIn : class
    where TOut : class
{
    private readonly TaskCompletionSource<TOut[]> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="lane">Its method.</param>
    /// <param name="requests">Its rows, at least one.</param>
    /// <param name="ticket">What it brings along.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: its own rows may not share a batch.</exception>
    public QueuedRequest(Lane<TIn, TOut> lane, TIn[] requests, Ticket ticket)
        : base(lane, ticket, requests.Length)
    {
        Requests = requests;
        var keys = Array.ConvertAll(requests, lane.Model.BatchKey);
        if (Array.Exists(keys, key => key != keys[0]))
        {
            throw new TelecomException(
                ErrorCode.InvalidInput, $"Method '{lane.Model.Descriptor.Id}' cannot answer rows of different shapes in one request: send them apart.");
        }

        Tokens = requests.Max(lane.Model.CountTokens);
        Key = new QueueKey(lane, ticket.Lease?.Entry, keys[0], QueueKey.BucketOf(Tokens));
    }

    public TIn[] Requests { get; }

    public Task<TOut[]> Answers => completion.Task;

    public bool TryCancel(CancellationToken cancellationToken) => completion.TrySetCanceled(cancellationToken);

    public void Complete(ReadOnlySpan<TOut> answers) => completion.TrySetResult(answers.ToArray());

    public override void Fail(Exception exception) => completion.TrySetException(exception);
}
