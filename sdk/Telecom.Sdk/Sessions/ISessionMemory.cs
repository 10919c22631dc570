namespace Telecom.Sdk.Sessions;

/// <summary>
/// What a task carries from one request of a session to the next, as a value: the host keeps it under the session's id, and no method or module holds any
/// of it. Implementations keep nothing and may be called from any thread, for one session one call at a time.
/// </summary>
/// <typeparam name="TIn">Request of the task.</typeparam>
/// <typeparam name="TOut">Answer of the task.</typeparam>
public interface ISessionMemory<TIn, TOut>
{
    /// <summary>Completes a request by what the session knows. A request that is sent again must give what it gave before.</summary>
    /// <param name="request">The request as it was read.</param>
    /// <param name="state">What <see cref="Remember"/> gave last; empty for the first request.</param>
    /// <exception cref="Errors.InvalidInputException">The request does not continue this session, naming the member.</exception>
    TIn Resume(TIn request, ReadOnlySpan<byte> state);

    /// <summary>What the next request of the session needs.</summary>
    /// <param name="request">The completed request.</param>
    /// <param name="answer">Its answer.</param>
    /// <returns>At most 1 MiB, with a version of its own, so that a newer plugin can tell what it reads.</returns>
    byte[] Remember(TIn request, TOut answer);
}
