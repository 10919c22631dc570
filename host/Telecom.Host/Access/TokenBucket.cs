namespace Telecom.Host.Access;

/// <summary>Token bucket of one caller, without a lock or a timer.</summary>
/// <remarks>
/// Kept as the moment at which the bucket will be full again (the generic cell rate algorithm, ITU-T I.371 annex A): taking a token moves it one
/// interval into the future, and it may not lie further ahead than the whole bucket takes to fill.
/// </remarks>
/// <param name="perSecond">Tokens that come back in a second.</param>
/// <param name="burst">Tokens of a full bucket.</param>
/// <param name="time">Clock.</param>
internal sealed class TokenBucket(int perSecond, int burst, TimeProvider time)
{
    private readonly long interval = time.TimestampFrequency / perSecond;
    private long fullAt = long.MinValue;

    /// <summary>Tokens that come back in a second.</summary>
    public int PerSecond => perSecond;

    /// <summary>Tokens of a full bucket.</summary>
    public int Burst => burst;

    /// <summary>Tokens that are left.</summary>
    public int Left
    {
        get
        {
            var now = time.GetTimestamp();
            var missing = Math.Max(0, Volatile.Read(ref fullAt) - now);
            return (int)((((long)burst * interval) - missing) / interval);
        }
    }

    /// <summary>Takes a token.</summary>
    /// <param name="wait">Time until there will be one, where there is none.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(out TimeSpan wait)
    {
        var now = time.GetTimestamp();
        while (true)
        {
            var before = Volatile.Read(ref fullAt);
            var after = Math.Max(before, now) + interval;
            var excess = after - now - (burst * interval);
            if (excess > 0)
            {
                wait = TimeSpan.FromSeconds((double)excess / time.TimestampFrequency);
                return false;
            }

            if (Interlocked.CompareExchange(ref fullAt, after, before) == before)
            {
                wait = TimeSpan.Zero;
                return true;
            }
        }
    }
}
