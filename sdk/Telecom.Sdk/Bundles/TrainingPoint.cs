namespace Telecom.Sdk.Bundles;

/// <summary>One point of a training curve.</summary>
/// <param name="Epoch">Epochs done; 0 before the first step.</param>
/// <param name="Steps">Optimiser steps done.</param>
/// <param name="Loss">Mean training loss of the epoch; null before the first.</param>
/// <param name="Metric">Validation metric.</param>
public sealed record TrainingPoint(int Epoch, long Steps, double? Loss, double Metric);
