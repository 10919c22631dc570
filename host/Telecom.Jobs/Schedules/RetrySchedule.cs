namespace Telecom.Jobs.Schedules;

/// <summary>How long a run that failed for a passing reason waits before it is tried again: exponential back-off with a cap and full jitter.</summary>
public sealed record RetrySchedule
{
    /// <summary>Attempts altogether, 1 to 10.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Longest wait after the first failure.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait of all.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait after a failure: min(cap, base · 2^(k − 1)).</summary>
    /// <param name="failures">Failures so far, k ≥ 1.</param>
    public TimeSpan Longest(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        return TimeSpan.FromSeconds(Math.Min(Cap.TotalSeconds, Base.TotalSeconds * Math.Pow(2, failures - 1)));
    }

    /// <summary>A wait between nothing and <see cref="Longest"/>, so that many runs that failed together do not come back together.</summary>
    public TimeSpan Draw(int failures, Random random) => Longest(failures) * random.NextDouble();
}
