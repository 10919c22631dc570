using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Every kind of refusal, by error code and by the status that the web server sets on its own.</summary>
internal static class ProblemKinds
{
    public static readonly ProblemKind Unexpected = new("unexpected", StatusCodes.Status500InternalServerError, "The host failed.");

    public static readonly ProblemKind Unauthenticated =
        new("unauthenticated", StatusCodes.Status401Unauthorized, "The host does not know who is asking.");

    public static readonly ProblemKind Forbidden = new("forbidden", StatusCodes.Status403Forbidden, "The caller may not do this.");

    private static readonly Dictionary<ErrorCode, ProblemKind> ByCode = new ProblemKind[]
    {
        Of(ErrorCode.InvalidInput, StatusCodes.Status400BadRequest, "The request is not valid."),
        Of(ErrorCode.Unprocessable, StatusCodes.Status422UnprocessableEntity, "This method cannot answer the request."),
        Of(ErrorCode.SequenceTooLong, StatusCodes.Status422UnprocessableEntity, "The request is longer than the base can read."),
        Of(ErrorCode.Untrained, StatusCodes.Status422UnprocessableEntity, "The method has no weights."),
        Of(ErrorCode.NotFound, StatusCodes.Status404NotFound, "Nothing of that name exists."),
        Of(ErrorCode.PluginFault, StatusCodes.Status500InternalServerError, "The plugin failed."),
        Of(ErrorCode.PluginUnavailable, StatusCodes.Status503ServiceUnavailable, "The plugin is not serving at the moment."),
        Of(ErrorCode.QueueFull, StatusCodes.Status503ServiceUnavailable, "Too many requests wait already."),
        Of(ErrorCode.DeadlineExceeded, StatusCodes.Status504GatewayTimeout, "The request waited too long."),
        Of(ErrorCode.DataRejected, StatusCodes.Status503ServiceUnavailable, "The host's own data cannot be read or written."),
        Of(ErrorCode.BundleInvalid, StatusCodes.Status503ServiceUnavailable, "The weights of the method cannot be used."),
        Of(ErrorCode.CheckpointInvalid, StatusCodes.Status503ServiceUnavailable, "The weights of the method cannot be used."),
        Of(ErrorCode.BaseIncompatible, StatusCodes.Status409Conflict, "The plugin, bundle or adapter needs another base."),
        Of(ErrorCode.AdapterNotFound, StatusCodes.Status404NotFound, "This host serves no such adapter."),
        Of(ErrorCode.AdapterInvalid, StatusCodes.Status422UnprocessableEntity, "The adapter cannot be used."),
        Of(ErrorCode.AdapterCapacity, StatusCodes.Status503ServiceUnavailable, "The memory for adapters is full."),
        Of(ErrorCode.RateLimited, StatusCodes.Status429TooManyRequests, "This caller, or all of them together, ask for too much."),
        Of(ErrorCode.ManifestInvalid, StatusCodes.Status409Conflict, "The plugin's manifest is not valid."),
        Of(ErrorCode.ContractMismatch, StatusCodes.Status409Conflict, "The plugin was made for another host."),
        Of(ErrorCode.SharedVersionConflict, StatusCodes.Status409Conflict, "The plugin needs a newer shared assembly."),
        Of(ErrorCode.NoExports, StatusCodes.Status409Conflict, "The plugin does not export what it promises."),
        Of(ErrorCode.MixedMode, StatusCodes.Status409Conflict, "The plugin cannot be unloaded."),
        Of(ErrorCode.TaskNameTaken, StatusCodes.Status409Conflict, "Another plugin offers a task of that name."),
        Of(ErrorCode.NotAllowed, StatusCodes.Status409Conflict, "This host does not allow the plugin."),
        Of(ErrorCode.SignatureInvalid, StatusCodes.Status409Conflict, "The plugin carries no valid signature."),
        Of(ErrorCode.Conflict, StatusCodes.Status409Conflict, "The state of the host does not allow this now."),
        Of(ErrorCode.IdempotencyInFlight, StatusCodes.Status409Conflict, "A request with this Idempotency-Key is being worked on."),
        Of(ErrorCode.IdempotencyMismatch, StatusCodes.Status422UnprocessableEntity, "The Idempotency-Key was used for another request."),
        Of(ErrorCode.PreconditionFailed, StatusCodes.Status412PreconditionFailed, "The resource is not as If-Match says."),
        Of(ErrorCode.Cancelled, StatusCodes.Status409Conflict, "The work was cancelled before it ended."),
        Of(ErrorCode.NativeLibrary, StatusCodes.Status503ServiceUnavailable, "The native tensor library is not loaded."),
    }.ToDictionary(kind => Enum.GetValues<ErrorCode>().First(code => code.WireName() == kind.Code));

    private static readonly Dictionary<int, ProblemKind> ByStatus = new ProblemKind[]
    {
        ByCode[ErrorCode.InvalidInput],
        Unauthenticated,
        Forbidden,
        ByCode[ErrorCode.NotFound],
        new("method_not_allowed", StatusCodes.Status405MethodNotAllowed, "The address does not take this HTTP method."),
        new("payload_too_large", StatusCodes.Status413PayloadTooLarge, "The body is too large."),
        new("unsupported_media_type", StatusCodes.Status415UnsupportedMediaType, "The body must be JSON."),
        Unexpected,
    }.ToDictionary(kind => kind.Status);

    /// <summary>Every kind that a caller can meet, once.</summary>
    public static IEnumerable<ProblemKind> All => ByCode.Values.Concat(ByStatus.Values).DistinctBy(kind => kind.Code);

    public static ProblemKind Of(ErrorCode code) => ByCode.GetValueOrDefault(code, Unexpected);

    public static ProblemKind OfStatus(int status) =>
        ByStatus.GetValueOrDefault(status) ?? new("http_error", status, "The request was refused.");

    private static ProblemKind Of(ErrorCode code, int status, string title) => new(code.WireName(), status, title);
}
