using Telecom.Sdk.Training;

namespace Telecom.Runtime.Evaluation;

/// <summary>Scores methods on a task's benchmark.</summary>
public interface IEvaluationService
{
    /// <summary>Prepares the cases once and scores every method on them.</summary>
    Task<EvaluationReport> EvaluateAsync(EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);
}
