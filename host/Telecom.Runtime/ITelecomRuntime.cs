using Telecom.Runtime.Adapters;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Measurements;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Simulation;
using Telecom.Runtime.Training;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime;

/// <summary>Everything between plugin folders and answers, as command line and REST see it. Safe to call from any thread.</summary>
/// <remarks>Lists are snapshots: a later call may return others when plugins came or went.</remarks>
public interface ITelecomRuntime : IAsyncDisposable
{
    /// <summary>Every task of every active plugin, ordered by id.</summary>
    IReadOnlyList<TaskDefinition> Tasks { get; }

    /// <summary>Datasets of all active plugins.</summary>
    IDatasetCatalog Datasets { get; }

    /// <summary>Every plugin folder that was found, refused ones included, ordered by id.</summary>
    IReadOnlyList<PluginStatus> Plugins { get; }

    /// <summary>Weights of every learned method.</summary>
    IReadOnlyList<ModelRecord> Models { get; }

    /// <summary>Answers requests.</summary>
    IPredictionService Predictions { get; }

    /// <summary>Answers requests in tensor form.</summary>
    ITensorService Tensors { get; }

    /// <summary>Counts and times of every model.</summary>
    ServingMetrics Metrics { get; }

    /// <summary>Scores methods.</summary>
    IEvaluationService Evaluations { get; }

    /// <summary>Runs simulators.</summary>
    ISimulationService Simulations { get; }

    /// <summary>Measures speeds.</summary>
    IMeasurementService Measurements { get; }

    /// <summary>Trains methods.</summary>
    ITrainingService Trainings { get; }

    /// <summary>Adapters that requests may name.</summary>
    IAdapterService Adapters { get; }

    /// <summary>Changes plugins while the host serves.</summary>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.PluginUnavailable"/> where it does not serve.</exception>
    IPluginService PluginService { get; }

    /// <summary>Device, base and readiness.</summary>
    RuntimeStatus Status { get; }

    /// <returns>The task of that id.</returns>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.NotFound"/>, listing the tasks.</exception>
    TaskDefinition Task(string id);
}
