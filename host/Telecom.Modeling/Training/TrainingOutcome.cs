using Telecom.Sdk.Bundles;

namespace Telecom.Modeling.Training;

/// <summary>What a training run reached; the best weights are in the modules and the adapter.</summary>
/// <param name="InitialMetric">Validation metric before the first step.</param>
/// <param name="BestMetric">Best validation metric.</param>
/// <param name="BestEpoch">Epoch it was reached after; 0 means the initial weights.</param>
/// <param name="FinalLoss">Mean training loss of the last epoch.</param>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="Seconds">Wall time of this process' part of the run.</param>
/// <param name="ExamplesPerSecond">Training examples per second, validation excluded.</param>
/// <param name="Curve">Every validation, in order.</param>
public sealed record TrainingOutcome(
    double InitialMetric,
    double BestMetric,
    int BestEpoch,
    double FinalLoss,
    long Steps,
    double Seconds,
    double ExamplesPerSecond,
    IReadOnlyList<TrainingPoint> Curve);
