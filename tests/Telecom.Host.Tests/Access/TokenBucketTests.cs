using Microsoft.Extensions.Time.Testing;
using Telecom.Host.Access;

namespace Telecom.Host.Tests.Access;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_full_bucket_gives_its_burst_at_once_and_then_says_how_long_to_wait()
    {
        var bucket = new TokenBucket(50, 100, time);

        Assert.Equal(100, Take(bucket, 150));
        Assert.False(bucket.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(20), wait);
        Assert.Equal(0, bucket.Left);
    }

    [Fact]
    public void Tokens_come_back_at_the_rate_and_no_further_than_the_burst()
    {
        var bucket = new TokenBucket(50, 100, time);
        Take(bucket, 100);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, bucket.Left);
        Assert.Equal(50, Take(bucket, 100));

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(100, Take(bucket, 500));
    }

    [Fact]
    public void A_caller_at_the_rate_is_never_refused()
    {
        var bucket = new TokenBucket(50, 1, time);

        for (var i = 0; i < 1000; i++)
        {
            Assert.True(bucket.TryTake(out _));
            time.Advance(TimeSpan.FromMilliseconds(20));
        }
    }

    [Fact]
    public void After_the_wait_there_is_a_token_and_shortly_before_there_is_none()
    {
        var bucket = new TokenBucket(10, 3, time);
        Take(bucket, 3);
        bucket.TryTake(out var wait);

        time.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.False(bucket.TryTake(out _));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(bucket.TryTake(out _));
    }

    [Fact]
    public void Callers_at_the_same_time_get_no_more_than_there_is()
    {
        var bucket = new TokenBucket(1, 1000, time);
        var taken = 0;

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 500; i++)
            {
                if (bucket.TryTake(out var _))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        });

        Assert.Equal(1000, taken);
    }

    private static int Take(TokenBucket bucket, int tries) => Enumerable.Range(0, tries).Count(_ => bucket.TryTake(out var _));
}
