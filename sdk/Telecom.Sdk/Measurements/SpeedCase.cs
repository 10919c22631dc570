namespace Telecom.Sdk.Measurements;

/// <summary>One piece of work whose speed is measured.</summary>
/// <param name="Name">What runs, e.g. <c>mpc decision</c>.</param>
/// <param name="Operations">Operations in one call of <paramref name="Run"/>, e.g. the chunks of a session; times and bytes are reported per operation.</param>
/// <param name="Run">The work; called many times on one thread.</param>
public sealed record SpeedCase(string Name, int Operations, Action Run)
{
    /// <summary>Microseconds per operation that it should stay within; null where nothing is asked.</summary>
    public double? TargetMicroseconds { get; init; }

    /// <summary>Bytes per operation that it may allocate; null where nothing is asked.</summary>
    public double? AllowedBytes { get; init; }
}
