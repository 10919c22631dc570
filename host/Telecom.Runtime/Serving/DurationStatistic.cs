namespace Telecom.Runtime.Serving;

/// <summary>How often something happened, and how long it took altogether.</summary>
public sealed class DurationStatistic
{
    private long count;
    private long ticks;

    /// <summary>How often.</summary>
    public long Count => Volatile.Read(ref count);

    /// <summary>How long altogether.</summary>
    public TimeSpan Total => TimeSpan.FromTicks(Volatile.Read(ref ticks));

    internal void Add(TimeSpan duration)
    {
        Interlocked.Increment(ref count);
        Interlocked.Add(ref ticks, duration.Ticks);
    }
}
