using Telecom.Modeling.Measurement;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Measurements;

/// <summary>Runs the speed measurements of tasks.</summary>
public interface IMeasurementService
{
    /// <summary>Measures everything that a task offers.</summary>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.NotFound"/>: there is no such task, or it measures nothing.</exception>
    Task<IReadOnlyList<MeasurementTable>> MeasureAsync(string taskId, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);
}
