using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Weights of learned methods, and adapters that requests may name.</summary>
public interface IModelsApi
{
    /// <summary>The weights of every learned method.</summary>
    [Get("/api/v1/models")]
    Task<Page<ModelInfo>> ListModelsAsync(int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>Every version of every adapter with its state, memory and users.</summary>
    [Get("/api/v1/models/adapters")]
    Task<Page<AdapterInfo>> ListAdaptersAsync(int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>Loads the newest version in the adapter store and serves it; requests that run finish on the version before.</summary>
    /// <exception cref="TelecomApiException"><c>adapter_not_found</c>; <c>unprocessable</c>: its files do not fit; 503: no memory for it now.</exception>
    [Put("/api/v1/models/adapters/{name}")]
    Task<AdapterInfo> LoadAdapterAsync(string name, CancellationToken cancellationToken);

    /// <summary>Refuses new requests at once; the answer's state is <c>draining</c> while earlier requests finish on it.</summary>
    /// <exception cref="TelecomApiException"><c>adapter_not_found</c>; <c>unprocessable</c>: it belongs to a bundle.</exception>
    [Delete("/api/v1/models/adapters/{name}")]
    Task<AdapterInfo> UnloadAdapterAsync(string name, CancellationToken cancellationToken);

    /// <summary>Keeps the version in memory whatever else is needed there.</summary>
    /// <exception cref="TelecomApiException"><c>adapter_not_found</c>: there is no such adapter.</exception>
    [Put("/api/v1/models/adapters/{name}/pin")]
    Task<AdapterInfo> PinAdapterAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lets the version give way again.</summary>
    /// <exception cref="TelecomApiException"><c>adapter_not_found</c>: there is no such adapter.</exception>
    [Delete("/api/v1/models/adapters/{name}/pin")]
    Task<AdapterInfo> UnpinAdapterAsync(string name, CancellationToken cancellationToken);
}
