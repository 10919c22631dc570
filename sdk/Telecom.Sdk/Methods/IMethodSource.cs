namespace Telecom.Sdk.Methods;

/// <summary>The methods of a task with their weights, for code of the task that plays them outside serving: simulators and speed suites.</summary>
/// <typeparam name="TIn">Request of the task.</typeparam>
/// <typeparam name="TOut">Answer of the task.</typeparam>
public interface IMethodSource<TIn, TOut>
{
    /// <summary>Loads a method; the host keeps it until the work is done and moves each batch to the executor thread.</summary>
    /// <exception cref="Errors.TelecomException">
    /// <see cref="Errors.ErrorCode.NotFound"/>: there is no such method; <see cref="Errors.ErrorCode.Untrained"/>: it has no weights.
    /// </exception>
    ValueTask<IMethod<TIn, TOut>> GetAsync(string methodId, CancellationToken cancellationToken);
}
