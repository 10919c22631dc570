using Telecom.Sdk.Methods;

namespace Telecom.Sdk.Tasks;

/// <summary>One method of a task: either the analytic method itself, or how to build a learned one.</summary>
public sealed class MethodDefinition<TIn, TOut>
    where TIn : class
    where TOut : class
{
    internal MethodDefinition(MethodDescriptor descriptor, IMethod<TIn, TOut>? analytic, Func<MethodSetup, LearnedMethod<TIn, TOut>>? create)
    {
        Descriptor = descriptor;
        Analytic = analytic;
        Create = create;
    }

    /// <summary>What it is.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>The method, when it is analytic.</summary>
    public IMethod<TIn, TOut>? Analytic { get; }

    /// <summary>Builds an instance with freshly initialised weights, when it is learned; called on the executor thread.</summary>
    public Func<MethodSetup, LearnedMethod<TIn, TOut>>? Create { get; }
}
