using Telecom.Runtime.Adapters;

namespace Telecom.Runtime.Serving;

/// <summary>One request on its way to an answer: one row or several, which stay together.</summary>
internal abstract class QueuedRequest(Lane lane, Ticket ticket, int rows)
{
    private int isReleased;

    public Lane Lane => lane;

    public AdapterLease? Lease => ticket.Lease;

    public RequestClock? Clock => ticket.Clock;

    public Deadline Deadline => ticket.Deadline;

    /// <summary>Whose fair share it is counted for.</summary>
    public string Client { get; } = ticket.Client ?? ticket.Lease?.Entry.Name ?? lane.Name;

    public int Rows => rows;

    /// <summary>Tokens of its longest row; 0 where its method does not count them.</summary>
    public int Tokens { get; protected init; }

    /// <summary>What it must have in common with its batch.</summary>
    public QueueKey Key { get; protected init; }

    /// <summary>Place among all requests, given on admission.</summary>
    public long Sequence { get; set; }

    /// <summary>Timestamp of the admission.</summary>
    public long Admitted { get; set; }

    /// <summary>Ends it without an answer.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Gives back what it holds; once, however it ended.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref isReleased, 1) == 0)
        {
            ticket.Clock?.Leave();
            ticket.Lease?.Dispose();
            lane.Leave();
        }
    }
}
