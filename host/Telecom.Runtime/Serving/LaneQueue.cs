namespace Telecom.Runtime.Serving;

/// <summary>Requests with one <see cref="QueueKey"/>: in order of arrival per client, and among clients the one with the smallest counter first.</summary>
/// <param name="limits">Of its batches.</param>
internal sealed class LaneQueue(BatchLimits limits)
{
    private readonly List<(string Client, LinkedList<QueuedRequest> Requests)> clients = [];

    public BatchLimits Limits => limits;

    public bool IsEmpty => clients.Count == 0;

    public IEnumerable<QueuedRequest> Requests => clients.SelectMany(client => client.Requests);

    /// <summary>Earliest admission of a request that waits.</summary>
    public long OldestAdmission => clients.Min(client => client.Requests.First!.Value.Admitted);

    public void Add(QueuedRequest request)
    {
        var at = clients.FindIndex(client => client.Client == request.Client);
        if (at < 0)
        {
            at = clients.Count;
            clients.Add((request.Client, new LinkedList<QueuedRequest>()));
        }

        clients[at].Requests.AddLast(request);
    }

    public bool Remove(QueuedRequest request)
    {
        var at = clients.FindIndex(client => client.Client == request.Client);
        if (at < 0 || !clients[at].Requests.Remove(request))
        {
            return false;
        }

        if (clients[at].Requests.Count == 0)
        {
            clients.RemoveAt(at);
        }

        return true;
    }

    /// <returns>The request that would be served first.</returns>
    public QueuedRequest Head(FairShare shares) =>
        clients.Select(client => client.Requests.First!.Value).MinBy(request => (shares.Counter(request.Client), request.Sequence))!;

    /// <summary>The requests of the next batch: as many as fit, none skipped. With one client this is the longest prefix of the queue.</summary>
    /// <returns>The requests, and whether waiting longer could not add one.</returns>
    public (List<QueuedRequest> Requests, bool IsClosed) Form(FairShare shares)
    {
        var batch = new List<QueuedRequest>();
        var size = default(BatchSize);
        var heads = clients.Select(client => (Counter: shares.Counter(client.Client), Node: client.Requests.First)).ToArray();
        while (size.Rows < limits.MaxRows)
        {
            var next = -1;
            for (var i = 0; i < heads.Length; i++)
            {
                if (heads[i].Node is { } node && (next < 0 || IsBefore(heads[i].Counter, node.Value, heads[next].Counter, heads[next].Node!.Value)))
                {
                    next = i;
                }
            }

            if (next < 0)
            {
                return (batch, IsClosed: false);
            }

            var request = heads[next].Node!.Value;
            var larger = size.With(request);
            if (batch.Count > 0 && !larger.FitsIn(limits))
            {
                return (batch, IsClosed: true);
            }

            batch.Add(request);
            size = larger;

            // As if its tokens were computed already: clients alternate within a batch, too.
            heads[next] = (heads[next].Counter + ((long)FairShare.InputWeight * request.Rows * Math.Max(1, request.Tokens)), heads[next].Node!.Next);
        }

        return (batch, IsClosed: true);
    }

    private static bool IsBefore(long counter, QueuedRequest request, long otherCounter, QueuedRequest other) =>
        counter < otherCounter || (counter == otherCounter && request.Sequence < other.Sequence);
}
