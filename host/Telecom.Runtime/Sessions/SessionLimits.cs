namespace Telecom.Runtime.Sessions;

/// <summary>How many sessions are kept, and for how long.</summary>
public sealed record SessionLimits
{
    /// <summary>Sessions of all tasks at a time.</summary>
    public int MaxSessions { get; init; } = 10_000;

    /// <summary>Time without a request after which a session is forgotten.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(30);
}
