using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Schedules;

/// <summary>Again and again after the same time.</summary>
public sealed record IntervalSchedule : Schedule
{
    /// <summary>Shortest interval.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <param name="start">First time.</param>
    /// <param name="every">Time between two; at least <see cref="Shortest"/>.</param>
    /// <exception cref="InvalidInputException">The interval is too short.</exception>
    public IntervalSchedule(DateTimeOffset start, TimeSpan every)
    {
        if (every < Shortest)
        {
            throw new InvalidInputException("/schedule/every", $"must be at least {Shortest.TotalSeconds} s, but is {every.TotalSeconds} s.");
        }

        (Start, Every) = (start, every);
    }

    /// <summary>First time.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Time between two.</summary>
    public TimeSpan Every { get; }

    /// <inheritdoc/>
    public override DateTimeOffset? NextAfter(DateTimeOffset moment) =>
        moment < Start ? Start : Start + (Every * (((moment - Start).Ticks / Every.Ticks) + 1));
}
