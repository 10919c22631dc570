namespace Telecom.Sdk.Methods;

/// <summary>Answers a batch of requests at once.</summary>
/// <typeparam name="TIn">Request of the task.</typeparam>
/// <typeparam name="TOut">Answer of the task.</typeparam>
public interface IMethod<TIn, TOut>
{
    /// <summary>Answers <paramref name="batch"/> in order. Synchronous on purpose: it runs on the executor's thread, which owns every tensor.</summary>
    /// <param name="batch">Requests that passed the codec's validation.</param>
    /// <param name="results">One answer per request; an answer never depends on the other requests of the batch.</param>
    void Predict(ReadOnlySpan<TIn> batch, Span<TOut> results);
}
