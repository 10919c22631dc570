namespace Telecom.Host.Rest.Operations;

/// <summary>The latest events of one operation, for any number of readers. Safe to call from any thread.</summary>
/// <param name="capacity">Events that are kept; older ones are forgotten.</param>
internal sealed class OperationEvents(int capacity)
{
    private readonly Lock gate = new();
    private readonly Queue<OperationEvent> events = new();
    private TaskCompletionSource changed = New();
    private long lastId;
    private bool isComplete;

    /// <summary>Id of the latest event; 0 before the first.</summary>
    public long LastId
    {
        get
        {
            lock (gate)
            {
                return lastId;
            }
        }
    }

    /// <param name="type">Type of the event.</param>
    /// <param name="data">Its JSON.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    public void Add(string type, ReadOnlyMemory<byte> data, bool isLast = false)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            if (isComplete)
            {
                return;
            }

            events.Enqueue(new(++lastId, type, data));
            if (events.Count > capacity)
            {
                events.Dequeue();
            }

            isComplete = isLast;
            waiting = changed;
            changed = New();
        }

        waiting.SetResult();
    }

    /// <summary>Waits for events behind <paramref name="after"/>.</summary>
    /// <returns>Those that are kept, oldest first; none when nothing will follow.</returns>
    public async Task<IReadOnlyList<OperationEvent>> NextAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (lastId > after || isComplete)
                {
                    return [.. events.Where(entry => entry.Id > after)];
                }

                next = changed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
