using Telecom.Sdk.Training;

namespace Telecom.Modeling.Tests.Training;

/// <summary>Keeps every report and calls back before training goes on.</summary>
internal sealed class SynchronousProgress(Action<ProgressReport>? onReport = null) : IProgress<ProgressReport>
{
    public List<ProgressReport> Reports { get; } = [];

    public void Report(ProgressReport value)
    {
        Reports.Add(value);
        onReport?.Invoke(value);
    }
}
