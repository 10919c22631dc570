using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Telecom.Runtime;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Completes the OpenAPI document with what only the running host knows: one concrete path per loaded task.</summary>
internal static class OpenApiDocumentation
{
    public const string Tag = "predictions";

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Info = new()
            {
                Title = "Telecom",
                Version = "v1",
                Description = "Predictions of networking tasks by plugins that share one frozen base model.",
            };

            // The address of this moment says nothing to a client that was generated from the document.
            document.Servers?.Clear();
            document.Paths["/api/v1/predictions"] = Path(HttpMethod.Get, ListOperation.Create(document));
            document.Paths["/api/v1/predictions/{id}"] = Path(HttpMethod.Get, ListOperation.CreateSingle(document));
            foreach (var task in context.ApplicationServices.GetRequiredService<ITelecomRuntime>().Tasks)
            {
                document.Paths[$"/api/v1/tasks/{task.Id}/predictions"] = Path(HttpMethod.Post, PredictOperation.Create(task, document));
            }

            OpenApiCompletion.Complete(document);
            return Task.CompletedTask;
        });
    }

    private static OpenApiPathItem Path(HttpMethod method, OpenApiOperation operation) => new() { Operations = new() { [method] = operation } };
}
