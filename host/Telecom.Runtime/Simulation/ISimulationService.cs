using System.Text.Json.Nodes;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Simulation;

/// <summary>Runs the simulators of tasks.</summary>
public interface ISimulationService
{
    /// <summary>Runs a scenario.</summary>
    /// <returns>The result in the form of the task.</returns>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.NotFound"/>: there is no such task, or it has no simulator.</exception>
    Task<JsonObject> SimulateAsync(SimulationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);
}
