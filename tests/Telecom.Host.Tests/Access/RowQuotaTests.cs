using Microsoft.Extensions.Time.Testing;
using Telecom.Host.Access;

namespace Telecom.Host.Tests.Access;

public sealed class RowQuotaTests
{
    private static readonly DateOnly Day = new(2026, 3, 1);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 23, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Rows_up_to_the_limit_are_given_and_a_request_that_exceeds_it_takes_none()
    {
        var quota = new RowQuota(time, Day, 0);

        Assert.True(quota.TryTake(6, 10));
        Assert.False(quota.TryTake(5, 10));
        Assert.True(quota.TryTake(4, 10));
        Assert.False(quota.TryTake(1, 10));
        Assert.Equal(10, quota.Used);
    }

    [Fact]
    public void What_the_store_knows_counts()
    {
        var quota = new RowQuota(time, Day, 9);

        Assert.False(quota.TryTake(2, 10));
        Assert.True(quota.TryTake(1, 10));
    }

    [Fact]
    public void A_new_day_in_utc_begins_with_nothing()
    {
        var quota = new RowQuota(time, Day, 10);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), quota.ResetsAt);

        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, quota.Used);
        Assert.True(quota.TryTake(10, 10));
        Assert.Equal((new DateOnly(2026, 3, 2), 10L), quota.TakeUnsaved());
    }

    [Fact]
    public void Without_a_limit_rows_are_counted_all_the_same()
    {
        var quota = new RowQuota(time, Day, long.MaxValue - 10);

        Assert.True(quota.TryTake(10, null));
        Assert.False(quota.TryTake(1, null));
    }

    [Fact]
    public void What_is_taken_for_saving_is_given_once_unless_it_is_put_back()
    {
        var quota = new RowQuota(time, Day, 5);
        quota.TryTake(3, null);

        Assert.Equal((Day, 3L), quota.TakeUnsaved());
        Assert.Equal((Day, 0L), quota.TakeUnsaved());
        quota.PutBack(Day, 3);
        quota.TryTake(1, null);
        Assert.Equal((Day, 4L), quota.TakeUnsaved());
    }
}
