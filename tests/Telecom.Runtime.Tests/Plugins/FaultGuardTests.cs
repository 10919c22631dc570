using Microsoft.Extensions.Time.Testing;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class FaultGuardTests
{
    private readonly FakeTimeProvider time = new(PluginSandbox.Now);
    private readonly List<string?> told = [];
    private readonly FaultGuard guard;

    public FaultGuardTests() => guard = new(time, told.Add);

    [Fact]
    public void Five_faults_within_a_minute_open_it()
    {
        Fault(4, TimeSpan.FromSeconds(14));
        Assert.False(guard.Enter());
        Fault(1, TimeSpan.Zero);

        var refusal = Assert.Throws<TelecomException>(() => guard.Enter());
        Assert.Equal(ErrorCode.PluginUnavailable, refusal.Code);
        Assert.Contains("due in 60 s", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("failed 5 times within 60 s", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void Five_faults_over_more_than_a_minute_do_not()
    {
        Fault(9, TimeSpan.FromSeconds(15.1));

        Assert.False(guard.Enter());
        Assert.Empty(told);
    }

    [Fact]
    public void A_failure_that_rows_of_a_batch_share_counts_once()
    {
        var shared = new InvalidOperationException("batch");
        for (var row = 0; row < 8; row++)
        {
            guard.Fault(shared, isProbe: false);
        }

        Assert.False(guard.Enter());
    }

    [Fact]
    public void Three_timeouts_in_a_row_open_it_and_an_answer_between_them_does_not()
    {
        guard.TimeOut(isProbe: false);
        guard.TimeOut(isProbe: false);
        guard.Succeed(isProbe: false);
        guard.TimeOut(isProbe: false);
        guard.TimeOut(isProbe: false);
        Assert.False(guard.Enter());

        guard.TimeOut(isProbe: false);

        Assert.Throws<TelecomException>(() => guard.Enter());
    }

    // 60 s, 2 min, 4 min ... 1 h (platform.md 6): 2^k minutes until 64 would exceed the hour.
    [Fact]
    public void Every_trial_that_fails_doubles_the_wait_up_to_an_hour()
    {
        Fault(5, TimeSpan.Zero);
        foreach (var minutes in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Throws<TelecomException>(() => guard.Enter());
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(guard.Enter());
            guard.Fault(new InvalidOperationException("still"), isProbe: true);
        }
    }

    [Fact]
    public void One_request_at_a_time_is_the_trial_and_its_answer_closes_it()
    {
        Fault(5, TimeSpan.Zero);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(guard.Enter());
        Assert.Contains("is under way", Assert.Throws<TelecomException>(() => guard.Enter()).Message, StringComparison.Ordinal);
        guard.Succeed(isProbe: true);

        Assert.False(guard.Enter());
        Assert.Null(told[^1]);
    }

    [Fact]
    public void A_trial_that_its_caller_gave_up_leaves_the_next_one_free()
    {
        Fault(5, TimeSpan.Zero);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(guard.Enter());
        guard.Abandon(isProbe: true);

        Assert.True(guard.Enter());
    }

    [Fact]
    public void Trouble_soon_after_a_trial_goes_on_with_the_longer_wait_and_later_begins_anew()
    {
        Fault(5, TimeSpan.Zero);
        time.Advance(TimeSpan.FromMinutes(1));
        guard.Enter();
        guard.Succeed(isProbe: true);
        Fault(5, TimeSpan.Zero);
        Assert.Contains("due in 120 s", Assert.Throws<TelecomException>(() => guard.Enter()).Message, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(2));
        guard.Enter();
        guard.Succeed(isProbe: true);
        time.Advance(TimeSpan.FromSeconds(61));
        Fault(5, TimeSpan.Zero);

        Assert.Contains("due in 60 s", Assert.Throws<TelecomException>(() => guard.Enter()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_closes_it_at_once()
    {
        Fault(5, TimeSpan.Zero);

        guard.Clear();

        Assert.False(guard.Enter());
        Assert.Equal(0, guard.Level);
        Assert.Null(told[^1]);
    }

    private void Fault(int count, TimeSpan apart)
    {
        for (var i = 0; i < count; i++)
        {
            guard.Fault(new InvalidOperationException("boom"), isProbe: false);
            time.Advance(apart);
        }
    }
}
