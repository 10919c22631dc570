namespace Telecom.Jobs.Schedules;

/// <summary>When a job fires.</summary>
public abstract record Schedule
{
    /// <summary>The first time after a moment.</summary>
    /// <param name="moment">The time itself does not count.</param>
    /// <returns>Null when the schedule is over.</returns>
    public abstract DateTimeOffset? NextAfter(DateTimeOffset moment);

    /// <summary>The times after a moment, in order; without end where the schedule has none.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset moment)
    {
        for (var next = NextAfter(moment); next is { } time; next = NextAfter(time))
        {
            yield return time;
        }
    }
}
