using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.Idempotency;

/// <summary>
/// Carries out a request with an <c>Idempotency-Key</c> once, however often it is sent: whoever sends it again gets the first answer. Belongs behind
/// whatever decides that a caller may ask at all.
/// </summary>
/// <remarks>Only answers that say success are remembered: a refusal made nothing, and its caller may mend the request under the same key.</remarks>
internal sealed partial class IdempotentPosts(RequestDelegate next, TelecomStore store, TimeProvider time, ILogger<IdempotentPosts> logger)
{
    private const string Replayed = "Idempotency-Replayed";

    // Most requests have no key, and pass without a step of their own.
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IdempotentPost>() is { } post && context.Request.Headers.ContainsKey(IdempotentRequest.Header)
            ? AnswerOnceAsync(context, post)
            : next(context);

    private async Task AnswerOnceAsync(HttpContext context, IdempotentPost post)
    {
        var request = await IdempotentRequest.ReadAsync(context, post);
        var owner = Guid.NewGuid();
        var claim = await store.Idempotency.ClaimAsync(request.Id, request.Fingerprint, owner, context.RequestAborted);
        switch (claim.State)
        {
            case IdempotencyState.Granted:
                await CarryOutAsync(context, request, owner);
                break;
            case IdempotencyState.Answered:
                context.Response.Headers[Replayed] = "true";
                await WriteAsync(context, IdempotentAnswer.Unseal(claim.Answer, request.Key, request.Id));
                break;
            case IdempotencyState.InFlight:
                context.Response.Headers.RetryAfter = "1";
                throw new TelecomException(
                    ErrorCode.IdempotencyInFlight, $"A request with this {IdempotentRequest.Header} is being worked on: send it again in a second.");
            default:
                throw new TelecomException(
                    ErrorCode.IdempotencyMismatch,
                    $"This {IdempotentRequest.Header} was used for a request with another body, query or content type: take a new key for a new request.");
        }
    }

    private async Task CarryOutAsync(HttpContext context, IdempotentRequest request, Guid owner)
    {
        // The caller may lose his connection and ask again: then the answer must be there, so the work goes on without him.
        var caller = context.RequestAborted;
        context.RequestAborted = CancellationToken.None;
        var original = context.Response.Body;
        using var captured = new MemoryStream();
        context.Response.Body = captured;
        var isKept = false;
        IdempotentAnswer answer;
        try
        {
            await HoldingAsync(request, owner, next(context));
            answer = IdempotentAnswer.Of(context.Response, captured.GetBuffer().AsMemory(0, (int)captured.Length));
            isKept = answer.Status is >= StatusCodes.Status200OK and < StatusCodes.Status300MultipleChoices && await KeepAsync(request, owner, answer);
        }
        finally
        {
            context.Response.Body = original;
            context.RequestAborted = caller;
            if (!isKept)
            {
                await TryAsync(() => store.Idempotency.ReleaseAsync(request.Id, owner, CancellationToken.None));
            }
        }

        // An answer without a body is left to whoever explains it.
        if (answer.Body.Length > 0)
        {
            await context.Response.Body.WriteAsync(answer.Body, caller);
        }
    }

    // Renews the lease while the work goes on.
    private async Task HoldingAsync(IdempotentRequest request, Guid owner, Task work)
    {
        using var ended = new CancellationTokenSource();
        while (await Task.WhenAny(work, Task.Delay(IdempotencyStore.Lease / 3, time, ended.Token)) != work)
        {
            await TryAsync(() => store.Idempotency.RenewAsync(request.Id, owner, CancellationToken.None));
        }

        await ended.CancelAsync();
        await work;
    }

    private Task<bool> KeepAsync(IdempotentRequest request, Guid owner, IdempotentAnswer answer) =>
        TryAsync(() => store.Idempotency.CompleteAsync(request.Id, owner, answer.Seal(request.Key, request.Id), CancellationToken.None));

    // A store that fails meanwhile must not take the answer from the caller.
    private async Task<bool> TryAsync(Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (TelecomException exception)
        {
            LogStoreFailed(exception.Message);
            return false;
        }
    }

    private static async Task WriteAsync(HttpContext context, IdempotentAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    [LoggerMessage(4030, LogLevel.Error, "The use of an idempotency key could not be noted: {Failure}")]
    private partial void LogStoreFailed(string failure);
}
