using System.Text.Json;
using Telecom.Jobs.Schedules;
using Telecom.Testing;

namespace Telecom.Jobs.Tests.Schedules;

/// <summary>Golden vectors 5 and 7 of platform.md 15, and the shared misfire cases.</summary>
public sealed class CatchUpTests
{
    private static readonly DateTimeOffset Previous = new(2026, 6, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly CronSchedule Quarters = new("0 0/15 * * * ?");

    [Theory]
    [InlineData(MisfirePolicy.FireOnce, 1)]
    [InlineData(MisfirePolicy.Skip, 0)]
    [InlineData(MisfirePolicy.FireAll, 4)]
    public void Vector_5_an_hour_away(MisfirePolicy policy, int runs) =>
        Assert.Equal(new CatchUp(runs, 4, Previous.AddMinutes(75)), Plan(Quarters, Previous.AddMinutes(62), policy));

    [Theory]
    [InlineData(MisfirePolicy.FireOnce)]
    [InlineData(MisfirePolicy.Skip)]
    [InlineData(MisfirePolicy.FireAll)]
    public void Vector_5_forty_seconds_late_is_as_usual(MisfirePolicy policy) =>
        Assert.Equal(new CatchUp(1, 0, Previous.AddMinutes(30)), Plan(Quarters, Previous.AddMinutes(15).AddSeconds(40), policy));

    [Fact]
    public void Nothing_due_is_nothing_to_do() =>
        Assert.Equal(new CatchUp(0, 0, Previous.AddMinutes(15)), Plan(Quarters, Previous.AddMinutes(14), MisfirePolicy.FireAll));

    [Fact]
    public void Catching_up_has_a_limit() => Assert.Equal(
        new CatchUp(CatchUp.MostRuns, 3600, Previous.AddSeconds(3601)),
        Plan(new IntervalSchedule(Previous, TimeSpan.FromSeconds(1)), Previous.AddHours(1), MisfirePolicy.FireAll));

    [Fact]
    public void A_single_time_that_was_missed_fires_once_and_is_over() => Assert.Equal(
        new CatchUp(1, 1, null),
        Plan(new OnceSchedule(Previous.AddMinutes(5)), Previous.AddHours(1), MisfirePolicy.FireOnce));

    [Fact]
    public async Task Shared_cases()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(SharedData.Folder("platform"), "misfire_cases.json"), TestContext.Current.CancellationToken);
        foreach (var item in JsonDocument.Parse(text).RootElement.EnumerateArray())
        {
            var expected = item.GetProperty("expected");
            var plan = CatchUp.Plan(
                new CronSchedule(item.GetProperty("cron").GetString()!, item.GetProperty("time_zone").GetString()!),
                item.GetProperty("previous_fire").GetDateTimeOffset(),
                item.GetProperty("scheduler_back_at").GetDateTimeOffset(),
                Enum.Parse<MisfirePolicy>(item.GetProperty("policy").GetString()!.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true),
                TimeSpan.FromSeconds(item.GetProperty("threshold_s").GetDouble()));

            Assert.Equal(
                (item.GetProperty("name").GetString(), new CatchUp(
                    expected.GetProperty("immediate_runs").GetInt32(),
                    expected.GetProperty("missed_count").GetInt32(),
                    expected.GetProperty("next_fire").GetDateTimeOffset())),
                (item.GetProperty("name").GetString(), plan));
        }
    }

    [Fact]
    public void Vector_7_waits_double_up_to_the_cap() => Assert.Equal(
        [2, 4, 8, 16, 32, 60, 60],
        Enumerable.Range(1, 7).Select(failures => new RetrySchedule().Longest(failures).TotalSeconds));

    [Fact]
    public void A_drawn_wait_lies_between_nothing_and_the_longest()
    {
        var random = new Random(1);
        var retries = new RetrySchedule();

        var waits = Enumerable.Range(0, 1000).Select(_ => retries.Draw(3, random).TotalSeconds).ToArray();

        Assert.All(waits, wait => Assert.InRange(wait, 0, 8));
        Assert.InRange(waits.Average(), 3.6, 4.4);
    }

    private static CatchUp Plan(Schedule schedule, DateTimeOffset now, MisfirePolicy policy) =>
        CatchUp.Plan(schedule, Previous, now, policy, CatchUp.UsualThreshold);
}
