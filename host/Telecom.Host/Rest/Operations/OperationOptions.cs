namespace Telecom.Host.Rest.Operations;

/// <summary>How much the host keeps of long work.</summary>
internal sealed record OperationOptions
{
    /// <summary>Operations that may wait or run at the same time.</summary>
    public int MaxActive { get; init; } = 256;

    /// <summary>Bytes of the requests that they keep.</summary>
    public long MaxActiveBytes { get; init; } = 256L << 20;

    /// <summary>Operations that have ended and are still shown.</summary>
    public int MaxEnded { get; init; } = 1000;

    /// <summary>Bytes of their results.</summary>
    public long MaxEndedBytes { get; init; } = 64L << 20;

    /// <summary>How long an operation is shown after its end.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Events that one operation keeps for readers who come late or again.</summary>
    public int MaxEvents { get; init; } = 256;

    /// <summary>Shortest time between two reports of progress within one stage.</summary>
    public TimeSpan ProgressPause { get; init; } = TimeSpan.FromMilliseconds(100);
}
