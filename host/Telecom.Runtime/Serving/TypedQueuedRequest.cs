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
        var model = lane.Model;
        var batchKey = model.BatchKey(requests[0]);
        foreach (var request in requests)
        {
            Tokens = Math.Max(Tokens, model.CountTokens(request));
            if (model.BatchKey(request) != batchKey)
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput, $"Method '{model.Descriptor.Id}' cannot answer rows of different shapes in one request: send them apart.");
            }
        }

        Key = new QueueKey(lane, ticket.Lease?.Entry, batchKey, QueueKey.BucketOf(Tokens));
    }

    public TIn[] Requests { get; }

    public Task<TOut[]> Answers => completion.Task;

    public bool TryCancel(CancellationToken cancellationToken) => completion.TrySetCanceled(cancellationToken);

    public void Complete(ReadOnlySpan<TOut> answers) => completion.TrySetResult(answers.ToArray());

    public override void Fail(Exception exception) => completion.TrySetException(exception);
}
