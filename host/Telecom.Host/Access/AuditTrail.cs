using System.Diagnostics;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Notes who changed what.</summary>
internal sealed partial class AuditTrail(AccessStore store, TimeProvider time, ILogger<AuditTrail> logger)
{
    /// <summary>Notes the request when its answer begins, so that whoever has the answer finds it noted.</summary>
    public void Follow(HttpContext context, Caller caller)
    {
        var isNoted = false;
        context.Response.OnStarting(NoteAsync);

        // A caller who left gets no answer, but what he asked for may have happened.
        context.Response.OnCompleted(NoteAsync);

        async Task NoteAsync()
        {
            if (!isNoted)
            {
                isNoted = true;
                await AddAsync(Describe(context, caller));
            }
        }
    }

    private async Task AddAsync(AuditEntry entry)
    {
        try
        {
            await store.AddAuditAsync(entry, CancellationToken.None);
        }
        catch (TelecomException exception)
        {
            LogLost(entry.At, entry.CallerName, entry.Caller, entry.Action, entry.Target, entry.Status, exception);
        }
    }

    private AuditEntry Describe(HttpContext context, Caller caller)
    {
        var endpoint = context.GetEndpoint();
        return new()
        {
            At = time.GetUtcNow(),
            Caller = caller.Id,
            CallerName = caller.Name,
            Action = endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
                ?? $"{context.Request.Method} {(endpoint as RouteEndpoint)?.RoutePattern.RawText}",
            Target = context.Request.Path,
            Status = context.Response.StatusCode,
            TraceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        };
    }

    [LoggerMessage(4041, LogLevel.Error, "Not in the audit trail: at {At} {CallerName} ({Caller}) did {Action} to {Target}, status {Status}.")]
    private partial void LogLost(DateTimeOffset at, string callerName, string caller, string action, string target, int status, Exception exception);
}
