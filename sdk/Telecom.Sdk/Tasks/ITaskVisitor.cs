namespace Telecom.Sdk.Tasks;

/// <summary>Receives a task with its request and answer types.</summary>
public interface ITaskVisitor<out TResult>
{
    /// <summary>Called once by <see cref="TaskDefinition.Accept{TResult}"/>.</summary>
    TResult Visit<TIn, TOut>(TaskDefinition<TIn, TOut> task)
        where TIn : class
        where TOut : class;
}
