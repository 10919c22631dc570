namespace Telecom.Runtime.Training;

/// <summary>What a training run produced.</summary>
public sealed record TrainingReport
{
    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Method id.</summary>
    public required string Method { get; init; }

    /// <summary>The bundle that was written.</summary>
    public required string Bundle { get; init; }

    /// <summary>Base it was trained on; <c>none</c> for network methods.</summary>
    public required string Base { get; init; }

    /// <summary>Trained parameters, adapter included.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Training examples of one epoch.</summary>
    public required int Examples { get; init; }

    /// <summary>Epoch whose weights were kept; 0 means the initial weights.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Validation metric and other figures.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Wall time in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training examples per second.</summary>
    public required double ExamplesPerSecond { get; init; }
}
