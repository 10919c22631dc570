using Telecom.Sdk.Training;

namespace Telecom.Host.Rest.Operations;

/// <summary>Counts the cases of all methods together: a benchmark counts those of each method anew.</summary>
/// <param name="operation">Who is told.</param>
/// <param name="methods">Methods that are scored.</param>
internal sealed class EvaluationProgress(IProgress<ProgressReport> operation, int methods) : IProgress<ProgressReport>
{
    private int ended;

    public void Report(ProgressReport value)
    {
        operation.Report(value with { Done = (ended * value.Total) + value.Done, Total = methods * value.Total });
        ended += value.Total > 0 && value.Done >= value.Total ? 1 : 0;
    }
}
