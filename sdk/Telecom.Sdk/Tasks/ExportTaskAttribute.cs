using System.Composition;

namespace Telecom.Sdk.Tasks;

/// <summary>Marks a class as a task of its plugin.</summary>
[MetadataAttribute]
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExportTaskAttribute(string id) : ExportAttribute(typeof(ITask))
{
    /// <summary>Task id, unique in the host: lower-case letters, digits, <c>.</c> and <c>-</c>.</summary>
    public string Id { get; } = id;
}
