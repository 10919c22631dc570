using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Sessions;
using Telecom.Sdk.Datasets;

namespace Telecom.Runtime.Tasks;

/// <summary>What all tasks of a host share.</summary>
internal sealed record RuntimeServices(
    RuntimeOptions Options,
    DeviceExecutor Executor,
    BaseProvider Bases,
    ModelLoader Loader,
    BundleCatalog Bundles,
    InferenceEngine Engine,
    AdapterRegistry Adapters,
    IDatasetCatalog Datasets,
    TimeProvider Time)
{
    /// <summary>Sessions of all tasks.</summary>
    public SessionStore Sessions { get; } = new(Options.Sessions, Time);

    /// <summary>Watches the code of the plugin that these services are for; null where nobody does.</summary>
    public PluginPulse? Pulse { get; init; }

    /// <summary>Limits of the batches of that plugin; null for those of the host.</summary>
    public BatchLimits? Limits { get; init; }
}
