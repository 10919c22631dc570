using Telecom.Sdk.Bundles;

namespace Telecom.Modeling.Training;

/// <summary>Where a run stands between two optimiser steps; with the tensors beside it, enough to continue to the byte.</summary>
internal sealed record TrainingState
{
    /// <summary>Seed of the run.</summary>
    public required int Seed { get; init; }

    /// <summary>Fingerprint of the data, so that a run is never continued on other data.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Optimiser options and everything else that shapes the run, so that it is never continued with others.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Epoch in progress, from 0.</summary>
    public int Epoch { get; set; }

    /// <summary>Optimiser steps done in this epoch.</summary>
    public int StepInEpoch { get; set; }

    /// <summary>Optimiser steps done in all.</summary>
    public long Steps { get; set; }

    /// <summary>Sum of the losses of this epoch's examples.</summary>
    public double LossSum { get; set; }

    /// <summary>Examples of this epoch so far.</summary>
    public long LossCount { get; set; }

    /// <summary>Mean loss of the last whole epoch; null before it.</summary>
    public double? EpochLoss { get; set; }

    /// <summary>Validation metric before the first step; null until measured.</summary>
    public double? InitialMetric { get; set; }

    /// <summary>Validation metric of the last whole epoch; null until measured.</summary>
    public double? LastMetric { get; set; }

    /// <summary>Best validation metric; null until measured.</summary>
    public double? BestMetric { get; set; }

    /// <summary>Epoch of the best metric.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Every validation so far.</summary>
    public List<TrainingPoint> Curve { get; set; } = [];

    /// <summary>Mean loss so far in this epoch, or of the last one.</summary>
    public double? ShownLoss() => LossCount > 0 ? LossSum / LossCount : EpochLoss;

    /// <summary>Closes an epoch.</summary>
    public void EndEpoch()
    {
        EpochLoss = LossSum / LossCount;
        (Epoch, StepInEpoch, LossSum, LossCount) = (Epoch + 1, 0, 0, 0);
    }
}
