namespace Telecom.Sdk.Tasks;

/// <summary>What the host finds in a plugin. Derive from <see cref="TelecomTask{TIn,TOut}"/> instead of implementing it.</summary>
public interface ITask
{
    /// <summary>Builds the definition; pure and cheap, no input or output.</summary>
    TaskDefinition Define();
}
