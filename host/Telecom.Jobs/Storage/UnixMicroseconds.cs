namespace Telecom.Jobs.Storage;

/// <summary>Times as the store orders them: integer microseconds since 1970-01-01T00:00:00Z.</summary>
internal static class UnixMicroseconds
{
    public static long From(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

        // Rounding towards the past keeps the order of times before 1970 too.
        return (ticks - (((ticks % TimeSpan.TicksPerMicrosecond) + TimeSpan.TicksPerMicrosecond) % TimeSpan.TicksPerMicrosecond))
            / TimeSpan.TicksPerMicrosecond;
    }

    public static DateTimeOffset ToTime(long microseconds) =>
        new(DateTimeOffset.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
