using Telecom.Host.Documents;
using Telecom.Runtime;

namespace Telecom.Host.Rest;

/// <summary>What the host can predict.</summary>
internal static class TaskEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/tasks", (ITelecomRuntime runtime) =>
                TypedResults.Json(
                    new ItemsDocument<TaskDocument>([.. runtime.Tasks.Select(task => TaskDocument.Of(task, runtime))]),
                    ReadableJson.Host.ItemsDocumentTaskDocument))
            .WithName("listTasks").WithTags("tasks").WithSummary("All tasks with their methods, schemas and an example.")
            .Produces<ItemsDocument<TaskDocument>>();

        api.MapGet("/tasks/{task}", (string task, ITelecomRuntime runtime) =>
                TypedResults.Json(TaskDocument.Of(runtime.Task(task), runtime), ReadableJson.Host.TaskDocument))
            .WithName("getTask").WithTags("tasks").WithSummary("One task.")
            .Produces<TaskDocument>().Refuses(StatusCodes.Status404NotFound);

        api.MapGet("/tasks/{task}/schema", (string task, ITelecomRuntime runtime) =>
            {
                var definition = runtime.Task(task);
                return TypedResults.Json(
                    new SchemaDocument(definition.Id, definition.RequestSchema, definition.ResponseSchema, definition.Example),
                    ReadableJson.Rest.SchemaDocument);
            })
            .WithName("getTaskSchema").WithTags("tasks").WithSummary("JSON Schema 2020-12 of a task's request and answer.")
            .Produces<SchemaDocument>().Refuses(StatusCodes.Status404NotFound);
    }
}
