using System.Text.Json.Nodes;
using Telecom.Modeling.Measurement;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Measurements;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tasks;

/// <content>Simulator and speed measurements.</content>
internal sealed partial class TaskServer<TIn, TOut>
{
    public override async Task<JsonObject> SimulateAsync(
        SimulationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var simulator = task.TypedSimulator ?? throw new TelecomException(ErrorCode.NotFound, $"Task '{task.Id}' has no simulator.");
        var own = new PrivateMethods<TIn, TOut>(services, task, pluginFolder);
        await using (own.ConfigureAwait(false))
        {
            try
            {
                return await simulator.RunAsync(
                    new()
                    {
                        Scenario = request.Scenario,
                        Source = DataSources.Resolve(services.Datasets, request.Data, null),
                        Policy = request.Policy,
                        Settings = SettingValues.Create(simulator.Descriptor.Settings, request.Settings),
                        Seed = request.Seed,
                        Methods = own,
                        Progress = progress,
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not (TelecomException or OperationCanceledException))
            {
                throw MethodFault.Of(request.Policy ?? "simulator", exception);
            }
        }
    }

    public override async Task<IReadOnlyList<MeasurementTable>> MeasureAsync(IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var suite = task.TypedSpeed ?? throw new TelecomException(ErrorCode.NotFound, $"Task '{task.Id}' has no speed measurements.");
        var own = new PrivateMethods<TIn, TOut>(services, task, pluginFolder);
        await using (own.ConfigureAwait(false))
        {
            var cases = await suite.PrepareAsync(new(services.Datasets, own), cancellationToken).ConfigureAwait(false);
            return [SpeedRounds.Measure(suite.Description, cases, progress, cancellationToken)];
        }
    }
}
