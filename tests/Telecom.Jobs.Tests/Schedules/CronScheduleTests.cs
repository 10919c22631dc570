using Telecom.Jobs.Schedules;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Tests.Schedules;

/// <summary>Golden vector 6 of platform.md 15: changes to and from summer time. Values of Quartz 4.7.3.</summary>
public sealed class CronScheduleTests
{
    private const string Bucharest = "Europe/Bucharest";

    [Fact]
    public void Daily_time_in_the_gap_fires_at_the_first_valid_instant() => Assert.Equal(
        [At("2026-03-28T01:30:00Z"), At("2026-03-29T01:00:00Z"), At("2026-03-30T00:30:00Z")],
        new CronSchedule("0 30 3 * * ?", Bucharest).After(At("2026-03-28T00:00:00Z")).Take(3));

    [Fact]
    public void Daily_time_in_the_overlap_fires_once() => Assert.Equal(
        [At("2026-10-25T00:30:00Z"), At("2026-10-26T01:30:00Z")],
        new CronSchedule("0 30 3 * * ?", Bucharest).After(At("2026-10-24T12:00:00Z")).Take(2));

    [Fact]
    public void Half_hours_fire_through_both_passes() => Assert.Equal(
        [At("2026-10-25T00:00:00Z"), At("2026-10-25T00:30:00Z"), At("2026-10-25T01:00:00Z"), At("2026-10-25T01:30:00Z")],
        new CronSchedule("0 0/30 * * * ?", Bucharest).After(At("2026-10-24T23:59:00Z")).Take(4));

    [Fact]
    public void Five_fields_are_those_of_unix() => Assert.Equal(
        [At("2026-06-01T10:15:00Z"), At("2026-06-01T10:30:00Z")],
        new CronSchedule("*/15 * * * *").After(At("2026-06-01T10:00:00Z")).Take(2));

    [Fact]
    public void Interval_counts_from_its_start()
    {
        var schedule = new IntervalSchedule(At("2026-06-01T10:00:00Z"), TimeSpan.FromSeconds(7));

        Assert.Equal(At("2026-06-01T10:00:00Z"), schedule.NextAfter(At("2026-06-01T09:00:00Z")));
        Assert.Equal(At("2026-06-01T10:00:07Z"), schedule.NextAfter(At("2026-06-01T10:00:00Z")));
        Assert.Equal(At("2026-06-01T10:00:14Z"), schedule.NextAfter(At("2026-06-01T10:00:13.999Z")));
    }

    [Fact]
    public void Once_is_over_afterwards()
    {
        var schedule = new OnceSchedule(At("2026-06-01T10:00:00Z"));

        Assert.Equal(schedule.At, schedule.NextAfter(At("2026-06-01T09:59:59Z")));
        Assert.Null(schedule.NextAfter(schedule.At));
    }

    [Theory]
    [InlineData("0 0/15 * * *  ? * *", "UTC", "/schedule/cron")]
    [InlineData("every day", "UTC", "/schedule/cron")]
    [InlineData("0 61 * * * ?", "UTC", "/schedule/cron")]
    [InlineData("0 0 * * * ?", "Europe/Atlantis", "/schedule/timeZone")]
    public void What_cannot_be_read_is_refused_by_name(string expression, string zone, string pointer) =>
        Assert.Equal(pointer, Assert.Single(Assert.Throws<InvalidInputException>(() => new CronSchedule(expression, zone)).Errors).Pointer);

    [Fact]
    public void Interval_below_a_second_is_refused() => Assert.Throws<InvalidInputException>(() => new IntervalSchedule(default, TimeSpan.FromMilliseconds(999)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
