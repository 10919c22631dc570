namespace Telecom.Client.Api;

/// <summary>The native API of a host, <c>/api/v1</c>, as one.</summary>
public interface ITelecomApi : ITasksApi, IPredictionsApi, IPluginsApi, IDatasetsApi, IModelsApi, IOperationsApi, IAccessApi, IHealthApi;
