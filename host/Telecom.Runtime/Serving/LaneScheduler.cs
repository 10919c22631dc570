using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Serving;

/// <summary>
/// Which requests run next: the rules of platform.md 7, with the fair shares of adapters.md 5.3 where several clients compete. Not thread-safe; every
/// decision depends on the clock that it was given.
/// </summary>
/// <remarks>
/// The two pages meet like this: a lane is eligible by the rules of platform.md (full, closed, or its oldest request has waited long enough). Of the
/// eligible lanes the one runs that has the client with the smallest counter at its head, and among equals the one with the oldest head. Counters
/// differ between clients only, so that one client alone sees exactly "the eligible lane with the oldest head".
/// </remarks>
/// <param name="limits">Of every lane that has none of its own, and of all that waits.</param>
/// <param name="time">Clock.</param>
internal sealed class LaneScheduler(BatchLimits limits, TimeProvider time)
{
    private readonly Dictionary<QueueKey, LaneQueue> queues = [];
    private long sequence;
    private long nextExpiry = long.MaxValue;

    /// <summary>Requests that wait.</summary>
    public int Waiting { get; private set; }

    public FairShare Shares { get; } = new();

    /// <summary>Rule 1: takes a request in, or refuses it.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.InvalidInput"/>: it has more rows than a batch; <see cref="ErrorCode.RateLimited"/>: too much waits, and most of it is its
    /// client's; <see cref="ErrorCode.QueueFull"/>: too much waits.
    /// </exception>
    public void Admit(QueuedRequest request)
    {
        var own = request.Lane.Limits ?? limits;
        if (request.Rows > own.MaxRows)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                string.Create(CultureInfo.InvariantCulture, $"The request has {request.Rows} rows, and a batch {own.MaxRows}: send them apart."));
        }

        if (Waiting >= limits.MaxRequests)
        {
            throw Refusal(request.Client);
        }

        if (!queues.TryGetValue(request.Key, out var queue))
        {
            queues.Add(request.Key, queue = new LaneQueue(own));
        }

        request.Sequence = sequence++;
        request.Admitted = time.GetTimestamp();
        queue.Add(request);
        Shares.Enter(request.Client);
        Waiting++;
        nextExpiry = Math.Min(nextExpiry, Expiry(request));
    }

    /// <summary>Forgets a request that waits.</summary>
    /// <returns>Whether it was waiting.</returns>
    public bool Remove(QueuedRequest request)
    {
        if (!queues.TryGetValue(request.Key, out var queue) || !queue.Remove(request))
        {
            return false;
        }

        if (queue.IsEmpty)
        {
            queues.Remove(request.Key);
        }

        Shares.Leave(request.Client);
        Waiting--;
        return true;
    }

    /// <summary>Rule 2: takes out the requests whose deadline has passed.</summary>
    public IReadOnlyList<QueuedRequest> TakeExpired()
    {
        // Almost always there is none, which one comparison shows.
        if (time.GetTimestamp() <= nextExpiry)
        {
            return [];
        }

        var expired = queues.Values.SelectMany(queue => queue.Requests).Where(request => request.Deadline.Remaining < TimeSpan.Zero).ToArray();
        foreach (var request in expired)
        {
            Remove(request);
        }

        nextExpiry = queues.Values.SelectMany(queue => queue.Requests).Select(Expiry).DefaultIfEmpty(long.MaxValue).Min();
        return expired;
    }

    /// <summary>Takes out everything that waits.</summary>
    public IReadOnlyList<QueuedRequest> TakeAll()
    {
        var all = queues.Values.SelectMany(queue => queue.Requests).ToArray();
        Array.ForEach(all, request => Remove(request));
        return all;
    }

    /// <summary>Rules 3 and 4: takes the next batch.</summary>
    /// <returns>Requests of one lane; empty when none is eligible.</returns>
    public IReadOnlyList<QueuedRequest> Take()
    {
        LaneQueue? best = null;
        var bestRank = (Counter: long.MaxValue, Sequence: long.MaxValue);
        foreach (var queue in queues.Values)
        {
            var head = queue.Head(Shares);
            var rank = (Shares.Counter(head.Client), head.Sequence);
            if (rank.CompareTo(bestRank) < 0 && IsEligible(queue))
            {
                (best, bestRank) = (queue, rank);
            }
        }

        if (best is null)
        {
            return [];
        }

        var batch = best.Form(Shares).Requests;
        batch.ForEach(request => Remove(request));
        return batch;
    }

    /// <returns>Time until a lane becomes eligible if nothing else comes; null when nothing waits.</returns>
    public TimeSpan? UntilEligible()
    {
        TimeSpan? soonest = null;
        foreach (var queue in queues.Values)
        {
            var wait = IsEligible(queue) ? TimeSpan.Zero : queue.Limits.MaxQueueDelay - time.GetElapsedTime(queue.OldestAdmission);
            soonest = soonest < wait ? soonest : wait;
        }

        return soonest;
    }

    private bool IsEligible(LaneQueue queue) =>
        time.GetElapsedTime(queue.OldestAdmission) >= queue.Limits.MaxQueueDelay || queue.Form(Shares).IsClosed;

    private long Expiry(QueuedRequest request) =>
        request.Deadline.Arrived + (long)(request.Deadline.Timeout.TotalSeconds * time.TimestampFrequency);

    // Who fills the queue himself is told to slow down; who finds it full of others' requests, that the host is busy.
    private TelecomException Refusal(string client)
    {
        var own = Shares.Requests(client);
        return Shares.Waiting > 1 && own * Shares.Waiting > limits.MaxRequests
            ? new TelecomException(
                ErrorCode.RateLimited,
                string.Create(CultureInfo.InvariantCulture, $"{own} requests of '{client}' wait already, more than its share: send fewer at a time."))
            : new TelecomException(
                ErrorCode.QueueFull,
                string.Create(
                    CultureInfo.InvariantCulture, $"{limits.MaxRequests} requests wait already: try again later, or send fewer at a time."));
    }
}
