namespace Telecom.Jobs.Storage;

/// <summary>Sizes of the queue between answers and the disk.</summary>
public sealed record PredictionRecorderOptions
{
    /// <summary>Predictions that may wait.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>Rows of one transaction at most.</summary>
    public int BatchRows { get; init; } = 256;

    /// <summary>How long the first row of a transaction waits for others: a commit costs milliseconds, a row of one microseconds.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a caller waits for a place in the queue before he is refused.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);
}
