using Telecom.Sdk.Training;

namespace Telecom.Runtime.Training;

/// <summary>Trains learned methods and writes their bundles.</summary>
public interface ITrainingService
{
    /// <summary>Runs to the end, or until cancelled, which leaves a resumable checkpoint.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled; its checkpoint is in the output folder.</exception>
    Task<TrainingReport> TrainAsync(TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);
}
