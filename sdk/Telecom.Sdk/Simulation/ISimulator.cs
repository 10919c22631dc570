using System.Text.Json.Nodes;

namespace Telecom.Sdk.Simulation;

/// <summary>The environment of a task, run on its own: what <c>telecom simulate</c> calls.</summary>
/// <typeparam name="TIn">Request of the task.</typeparam>
/// <typeparam name="TOut">Answer of the task.</typeparam>
public interface ISimulator<TIn, TOut>
{
    /// <summary>What it simulates and what can be set.</summary>
    SimulatorDescriptor Descriptor { get; }

    /// <summary>Runs one scenario, or all of a folder.</summary>
    /// <returns>The result as the task's page describes it; numbers and texts only, no types of the plugin.</returns>
    /// <exception cref="Errors.TelecomException">
    /// <see cref="Errors.ErrorCode.DataRejected"/> naming file and member, <see cref="Errors.ErrorCode.NotFound"/> naming what is missing.
    /// </exception>
    ValueTask<JsonObject> RunAsync(SimulationContext<TIn, TOut> context, CancellationToken cancellationToken);
}
