namespace Telecom.Jobs.Schedules;

/// <summary>What a scheduler does that comes back: the misfire rules of Quartz, with a limit on catching up.</summary>
/// <param name="ImmediateRuns">Runs that start now.</param>
/// <param name="MissedCount">Times that passed too long ago to count as fired.</param>
/// <param name="NextFire">The next time after now; null when the schedule is over.</param>
public readonly record struct CatchUp(int ImmediateRuns, int MissedCount, DateTimeOffset? NextFire)
{
    /// <summary>Most runs of <see cref="MisfirePolicy.FireAll"/>.</summary>
    public const int MostRuns = 100;

    /// <summary>Lateness from which on a time counts as missed.</summary>
    public static readonly TimeSpan UsualThreshold = TimeSpan.FromSeconds(60);

    /// <summary>Decides.</summary>
    /// <param name="schedule">When the job fires.</param>
    /// <param name="previous">When it fired last.</param>
    /// <param name="now">When the scheduler is back.</param>
    /// <param name="policy">What happens to what was missed.</param>
    /// <param name="threshold">See <see cref="UsualThreshold"/>.</param>
    /// <remarks>The oldest time decides, as it does in Quartz: while it is not too late, all that is due fires as usual; otherwise all of it was missed.</remarks>
    public static CatchUp Plan(Schedule schedule, DateTimeOffset previous, DateTimeOffset now, MisfirePolicy policy, TimeSpan threshold)
    {
        var next = schedule.NextAfter(now);
        if (schedule.NextAfter(previous) is not { } oldest || oldest > now)
        {
            return new(0, 0, next);
        }

        var due = schedule.After(previous).TakeWhile(time => time <= now).Count();
        if (now - oldest < threshold)
        {
            return new(due, 0, next);
        }

        var runs = policy switch
        {
            MisfirePolicy.FireOnce => 1,
            MisfirePolicy.FireAll => Math.Min(due, MostRuns),
            _ => 0,
        };
        return new(runs, due, next);
    }
}
