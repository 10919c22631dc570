using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>What the host can predict. Every call throws <see cref="TelecomApiException"/> where the host refuses it.</summary>
public interface ITasksApi
{
    /// <summary>All tasks with their methods, schemas and an example.</summary>
    [Get("/api/v1/tasks")]
    Task<Page<TaskInfo>> ListTasksAsync(int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>One task.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such task.</exception>
    [Get("/api/v1/tasks/{task}")]
    Task<TaskInfo> GetTaskAsync(string task, CancellationToken cancellationToken);

    /// <summary>JSON Schemas of a task's request and answer.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such task.</exception>
    [Get("/api/v1/tasks/{task}/schema")]
    Task<TaskSchema> GetTaskSchemaAsync(string task, CancellationToken cancellationToken);
}
