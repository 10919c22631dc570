namespace Telecom.Jobs.Schedules;

/// <summary>What happens to times that passed while nobody could fire them.</summary>
public enum MisfirePolicy
{
    /// <summary>One run for all of them.</summary>
    FireOnce,

    /// <summary>None.</summary>
    Skip,

    /// <summary>One run for each, up to <see cref="CatchUp.MostRuns"/>.</summary>
    FireAll,
}
