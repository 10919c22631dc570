namespace Telecom.Sdk.Methods;

/// <summary>A method with a network of its own, independent of the shared base.</summary>
public abstract class NetworkMethod<TIn, TOut> : LearnedMethod<TIn, TOut>, IMethod<TIn, TOut>
{
    /// <inheritdoc/>
    /// <remarks>The host wraps the call in <c>no_grad</c> and a dispose scope.</remarks>
    public abstract void Predict(ReadOnlySpan<TIn> batch, Span<TOut> results);
}
