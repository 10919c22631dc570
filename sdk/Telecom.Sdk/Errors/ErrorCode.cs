namespace Telecom.Sdk.Errors;

/// <summary>Every failure a user can see has one of these codes; the host maps them to HTTP statuses and exit codes.</summary>
public enum ErrorCode
{
    /// <summary>The request does not have the documented shape or range (HTTP 400).</summary>
    InvalidInput,

    /// <summary>The request is well formed but this method cannot answer it (HTTP 422).</summary>
    Unprocessable,

    /// <summary>Nothing of that name exists (HTTP 404).</summary>
    NotFound,

    /// <summary>A data file is damaged, missing or of another layout (exit code 5).</summary>
    DataRejected,

    /// <summary>The plugin manifest is missing, malformed or disagrees with the folder.</summary>
    ManifestInvalid,

    /// <summary>The plugin was made for a contract this host does not offer.</summary>
    ContractMismatch,

    /// <summary>The plugin references a shared assembly at a higher version than the host carries.</summary>
    SharedVersionConflict,

    /// <summary>The plugin exports nothing, or not what its manifest promises.</summary>
    NoExports,

    /// <summary>The plugin contains native code mixed into a managed assembly, which cannot be unloaded.</summary>
    MixedMode,

    /// <summary>Another plugin already offers a task or dataset of that name.</summary>
    TaskNameTaken,

    /// <summary>A plugin, bundle or adapter needs another base model.</summary>
    BaseIncompatible,

    /// <summary>A bundle is incomplete or does not fit its method.</summary>
    BundleInvalid,

    /// <summary>A checkpoint file is damaged.</summary>
    CheckpointInvalid,

    /// <summary>A learned method has no weights.</summary>
    Untrained,

    /// <summary>The native tensor library could not be loaded.</summary>
    NativeLibrary,

    /// <summary>Plugin code failed (HTTP 500).</summary>
    PluginFault,

    /// <summary>The plugin is not serving at the moment (HTTP 503).</summary>
    PluginUnavailable,

    /// <summary>Too many requests wait already (HTTP 503).</summary>
    QueueFull,

    /// <summary>The request waited longer than its deadline (HTTP 504).</summary>
    DeadlineExceeded,

    /// <summary>The request has more tokens than the base has positions (HTTP 422).</summary>
    SequenceTooLong,

    /// <summary>The request names an adapter or a version of one that this host does not serve (HTTP 404).</summary>
    AdapterNotFound,

    /// <summary>An adapter's files are damaged, do not fit the base, or gave values that are not finite (HTTP 422).</summary>
    AdapterInvalid,

    /// <summary>The memory for adapters is full of such as are in use or pinned (HTTP 503).</summary>
    AdapterCapacity,

    /// <summary>This caller has more requests waiting than its share (HTTP 429).</summary>
    RateLimited,

    /// <summary>The plugin's fingerprint is not on the list of this host.</summary>
    NotAllowed,

    /// <summary>The plugin carries no signature of a key that this host trusts.</summary>
    SignatureInvalid,

    /// <summary>The state of the host does not allow this now (HTTP 409).</summary>
    Conflict,

    /// <summary>A request with the same <c>Idempotency-Key</c> is being worked on (HTTP 409).</summary>
    IdempotencyInFlight,

    /// <summary>The <c>Idempotency-Key</c> was used for another request (HTTP 422).</summary>
    IdempotencyMismatch,

    /// <summary>The resource is not as <c>If-Match</c> says (HTTP 412).</summary>
    PreconditionFailed,

    /// <summary>The work was cancelled before it ended.</summary>
    Cancelled,
}
