using System.Reflection;

namespace Telecom.Sdk.Tasks;

/// <summary>Base class of every task: one <see cref="Configure"/> names its codec, methods and benchmark.</summary>
/// <typeparam name="TIn">Request; every method of the task takes it.</typeparam>
/// <typeparam name="TOut">Answer; every method of the task gives it.</typeparam>
public abstract class TelecomTask<TIn, TOut> : ITask
    where TIn : class
    where TOut : class
{
    /// <summary>Names codec, methods, default and benchmark.</summary>
    protected abstract void Configure(TaskBuilder<TIn, TOut> task);

    /// <inheritdoc/>
    public TaskDefinition Define()
    {
        var id = GetType().GetCustomAttribute<ExportTaskAttribute>()?.Id
            ?? throw new InvalidOperationException($"{GetType()} is not marked with [ExportTask(\"id\")].");
        var builder = new TaskBuilder<TIn, TOut>(id);
        Configure(builder);
        return builder.Build();
    }
}
