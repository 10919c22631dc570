namespace Telecom.Runtime.Serving;

/// <summary>Until when an answer is of use.</summary>
/// <param name="Time">Clock.</param>
/// <param name="Arrived">Timestamp of the arrival.</param>
/// <param name="Timeout">Time from the arrival on.</param>
internal readonly record struct Deadline(TimeProvider Time, long Arrived, TimeSpan Timeout)
{
    /// <summary>From now on.</summary>
    public static Deadline After(TimeSpan timeout, TimeProvider time) => new(time, time.GetTimestamp(), timeout);

    /// <summary>Time since the arrival.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(Arrived);

    /// <summary>What is left; negative when it is over.</summary>
    public TimeSpan Remaining => Timeout - Elapsed;
}
