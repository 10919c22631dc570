using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
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
    TimeProvider Time);
