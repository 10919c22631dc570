namespace Telecom.Host.Access;

/// <summary>Rows of one caller in the current day, UTC.</summary>
/// <param name="time">Clock.</param>
/// <param name="day">Day of <paramref name="used"/>.</param>
/// <param name="used">Rows that the store knows of.</param>
internal sealed class RowQuota(TimeProvider time, DateOnly day, long used)
{
    private readonly Lock gate = new();
    private DateOnly day = day;
    private long used = used;
    private long unsaved;

    /// <summary>Rows of today.</summary>
    public long Used
    {
        get
        {
            lock (gate)
            {
                return Today() == day ? used : 0;
            }
        }
    }

    /// <summary>When the next day begins.</summary>
    public DateTimeOffset ResetsAt => new(Today().AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>Counts rows, unless they are more than are left.</summary>
    /// <param name="rows">Rows of one request.</param>
    /// <param name="limit">Rows of a day; null for any number.</param>
    /// <returns>Whether they were counted.</returns>
    public bool TryTake(int rows, long? limit)
    {
        lock (gate)
        {
            var today = Today();
            if (today != day)
            {
                // What was not saved of yesterday is given up: nobody is limited by it any more.
                (day, used, unsaved) = (today, 0, 0);
            }

            if (rows > (limit ?? long.MaxValue) - used)
            {
                return false;
            }

            used += rows;
            unsaved += rows;
            return true;
        }
    }

    /// <summary>Takes what the store does not know yet.</summary>
    public (DateOnly Day, long Rows) TakeUnsaved()
    {
        lock (gate)
        {
            var taken = (day, unsaved);
            unsaved = 0;
            return taken;
        }
    }

    /// <summary>Puts back what could not be saved.</summary>
    public void PutBack(DateOnly of, long rows)
    {
        lock (gate)
        {
            unsaved += of == day ? rows : 0;
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
