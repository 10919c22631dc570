using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Adapters;

/// <summary>The adapters of a host as its operator sees them. Safe to call from any thread.</summary>
public interface IAdapterService
{
    /// <summary>Every version that is known, by name and version.</summary>
    IReadOnlyList<AdapterRecord> All { get; }

    /// <summary>Loads the newest version in the adapter store onto the device and makes it the one that the name means.</summary>
    /// <param name="name">Name in the store.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The version that serves; requests that run finish on the one before.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.AdapterNotFound"/>: the store has none of that name; <see cref="ErrorCode.AdapterInvalid"/> with every problem, while
    /// the version before goes on serving; <see cref="ErrorCode.AdapterCapacity"/>: no room.
    /// </exception>
    Task<AdapterRecord> LoadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Refuses new requests at once; what runs is answered before the adapter's memory is freed. The store keeps the files.</summary>
    /// <returns><c>draining</c> while requests use it, otherwise <c>unloaded</c>.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.AdapterNotFound"/>; <see cref="ErrorCode.Unprocessable"/>: it belongs to the bundle of a method.
    /// </exception>
    AdapterRecord Unload(string name);

    /// <summary>Exempts the current version from eviction, or ends that.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.AdapterNotFound"/>.</exception>
    AdapterRecord Pin(string name, bool isPinned);
}
