namespace Telecom.Host.Access;

/// <summary>What one caller used; the same object as long as the host knows the caller, whatever becomes of his key meanwhile.</summary>
internal sealed class CallerBudget(TokenBucket requests, RowQuota rows)
{
    private long lastUsedTicks;
    private long savedTicks;

    /// <summary>Requests.</summary>
    public TokenBucket Requests => requests;

    /// <summary>Rows of the day.</summary>
    public RowQuota Rows => rows;

    /// <summary>Latest request; null for none since the host started.</summary>
    public DateTimeOffset? LastUsed => Volatile.Read(ref lastUsedTicks) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    /// <summary>Notes a request.</summary>
    public void Touch(DateTimeOffset now) => Volatile.Write(ref lastUsedTicks, now.UtcTicks);

    /// <returns>The latest request, where it is newer than at the last call.</returns>
    public DateTimeOffset? TakeLastUsed()
    {
        var ticks = Volatile.Read(ref lastUsedTicks);
        if (ticks == savedTicks)
        {
            return null;
        }

        savedTicks = ticks;
        return new(ticks, TimeSpan.Zero);
    }

    /// <summary>The latest request could not be saved: the next call gives it again.</summary>
    public void ForgetSaved() => savedTicks = 0;
}
