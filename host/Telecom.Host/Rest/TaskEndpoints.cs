using Telecom.Host.Documents;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Lists;
using Telecom.Runtime;

namespace Telecom.Host.Rest;

/// <summary>What the host can predict.</summary>
internal static class TaskEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/tasks", (HttpContext context, ITelecomRuntime runtime) =>
                Tagged.Json(
                    Pages.Cut(context, runtime.Tasks, task => task.Id, task => TaskDocument.Of(task, runtime)),
                    ReadableJson.Host.PageDocumentTaskDocument))
            .WithName("listTasks").WithTags("tasks").WithSummary("All tasks with their methods, schemas and an example.")
            .ListsPages<TaskDocument>().IsTagged();

        api.MapGet("/tasks/{task}", (string task, ITelecomRuntime runtime) =>
                Tagged.Json(TaskDocument.Of(runtime.Task(task), runtime), ReadableJson.Host.TaskDocument))
            .WithName("getTask").WithTags("tasks").WithSummary("One task with its methods, schemas and an example.")
            .Produces<TaskDocument>().IsTagged().Refuses(StatusCodes.Status404NotFound);

        api.MapGet("/tasks/{task}/schema", (string task, ITelecomRuntime runtime) =>
            {
                var definition = runtime.Task(task);
                return Tagged.Json(
                    new SchemaDocument(definition.Id, definition.RequestSchema, definition.ResponseSchema, definition.Example),
                    ReadableJson.Rest.SchemaDocument);
            })
            .WithName("getTaskSchema").WithTags("tasks").WithSummary("JSON Schema 2020-12 of a task's request and answer.")
            .Produces<SchemaDocument>().IsTagged().Refuses(StatusCodes.Status404NotFound);
    }
}
