using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Lets nobody pass who is not known, may not do what he asks, or asks too often.</summary>
/// <remarks>
/// One middleware instead of the authentication and authorization services of ASP.NET Core: those make a scope of services, a ticket and a principal for
/// every request, which costs more than reading an inference request does.
/// </remarks>
internal sealed partial class AccessControl(
    RequestDelegate next, AccessPolicy policy, KeyRing keys, TokenVerifier tokens, AuditTrail audit, TimeProvider time, ILogger<AccessControl> logger)
{
    private const string HowToShow = "send a key as 'Authorization: Bearer telecom_...' or 'X-Api-Key: telecom_...'";

    public Task InvokeAsync(HttpContext context)
    {
        var rule = AccessRule.Of(context.GetEndpoint());
        if (rule.IsOpen)
        {
            return next(context);
        }

        var credential = Credential.Read(context.Request.Headers);
        switch (credential.Kind)
        {
            case CredentialKind.Key:
                var now = time.GetUtcNow();
                return keys.Find(credential.Text, now, out var caller) is var verdict && verdict == KeyVerdict.Unknown
                    ? AskStoreAsync(context, rule, credential.Text, now)
                    : DecideAsync(context, rule, verdict, caller, now);
            case CredentialKind.Token:
                return VerifyAsync(context, rule, credential.Text);
            case CredentialKind.None when policy.AllowsAnonymous && Caller.Anonymous.Scopes.Allow(rule.Needed):
                return next(context);
            case CredentialKind.None:
                return Refusals.StrangerAsync(context, Missing(rule), isInvalid: false);
            default:
                return Refusals.StrangerAsync(context, $"The Authorization or X-Api-Key header cannot be read: {HowToShow}, once.", isInvalid: true);
        }
    }

    private static string Missing(AccessRule rule) => rule.Needed == Scopes.None
        ? $"This host answers nobody without a key: {HowToShow}."
        : $"This needs a key with the scope '{rule.Needed.Name()}': {HowToShow}. The host wrote at its start where its first key is; "
            + "'telecom keys add' makes others.";

    private async Task AskStoreAsync(HttpContext context, AccessRule rule, string text, DateTimeOffset now)
    {
        try
        {
            var (verdict, caller) = await keys.FindAgainAsync(text, now, context.RequestAborted);
            await DecideAsync(context, rule, verdict, caller, now);
        }
        catch (TelecomException exception) when (exception.Code == ErrorCode.DataRejected)
        {
            // The keys that were read before go on counting.
            LogUnreadable(exception);
            await DecideAsync(context, rule, KeyVerdict.Unknown, null, now);
        }
    }

    private Task DecideAsync(HttpContext context, AccessRule rule, KeyVerdict verdict, Caller? caller, DateTimeOffset now) => verdict switch
    {
        KeyVerdict.Good => EnterAsync(context, rule, caller!, now),
        KeyVerdict.Expired => Refusals.StrangerAsync(context, "The key has expired: ask whoever gave it to you for a new one.", isInvalid: true),
        KeyVerdict.Revoked => Refusals.StrangerAsync(context, "The key was taken back: ask whoever gave it to you for a new one.", isInvalid: true),
        _ => Refusals.StrangerAsync(context, "This host does not know the key: check that it is complete and of this host.", isInvalid: true),
    };

    private async Task VerifyAsync(HttpContext context, AccessRule rule, string token)
    {
        var (caller, refusal) = await tokens.VerifyAsync(token, context.RequestAborted);
        await (caller is null ? Refusals.StrangerAsync(context, refusal, isInvalid: true) : EnterAsync(context, rule, caller, time.GetUtcNow()));
    }

    private Task EnterAsync(HttpContext context, AccessRule rule, Caller caller, DateTimeOffset now)
    {
        if (caller.Budget is { } budget)
        {
            budget.Touch(now);
            if (!budget.Requests.TryTake(out var wait))
            {
                return Refusals.TooOftenAsync(context, budget.Requests, wait);
            }
        }

        // Set before the scope is looked at: the audit trail names also who was refused.
        context.Features.Set(caller);
        if (rule.IsAdministrative && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            audit.Follow(context, caller);
        }

        return caller.Scopes.Allow(rule.Needed) ? next(context) : Refusals.ForbiddenAsync(context, caller, rule.Needed);
    }

    [LoggerMessage(4040, LogLevel.Error, "The keys could not be read again; those that were read before count.")]
    private partial void LogUnreadable(Exception exception);
}
