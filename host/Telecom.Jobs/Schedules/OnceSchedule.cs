namespace Telecom.Jobs.Schedules;

/// <summary>One time.</summary>
/// <param name="At">The time.</param>
public sealed record OnceSchedule(DateTimeOffset At) : Schedule
{
    /// <inheritdoc/>
    public override DateTimeOffset? NextAfter(DateTimeOffset moment) => At > moment ? At : null;
}
