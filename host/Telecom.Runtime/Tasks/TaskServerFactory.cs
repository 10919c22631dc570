using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Tasks;

/// <summary>Makes the typed server of a task whose types only its plugin knows.</summary>
internal sealed class TaskServerFactory(RuntimeServices services, string pluginFolder) : ITaskVisitor<TaskServer>
{
    public TaskServer Visit<TIn, TOut>(TaskDefinition<TIn, TOut> task)
        where TIn : class
        where TOut : class => new TaskServer<TIn, TOut>(services, task, pluginFolder);
}
