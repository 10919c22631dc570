using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Telecom.Host.Documents;
using Telecom.Runtime;
using Telecom.Runtime.Plugins;

namespace Telecom.Host.Rest;

/// <summary>Adds, switches and removes plugins while the host serves.</summary>
internal static class PluginEndpoints
{
    private const string Tag = "plugins";
    private const string Zip = "application/zip";
    private const long MaxArchiveBytes = 256L << 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/plugins", InstallAsync)
            .WithName("installPlugin").WithTags(Tag)
            .WithSummary("Uploads a plugin as a zip, serves it, and only then puts its folder into place; an earlier version finishes its requests.")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.RequestBody = Body();
                return Task.CompletedTask;
            })
            .Produces<PluginDocument>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest).Refuses(StatusCodes.Status409Conflict).Refuses(StatusCodes.Status413PayloadTooLarge)
            .Refuses(StatusCodes.Status415UnsupportedMediaType);

        MapAction(api, "enable", "enablePlugin", "Loads a plugin that was switched off.", (service, id, token) => service.EnableAsync(id, token));
        MapAction(
            api, "disable", "disablePlugin", "Unloads a plugin and keeps it so, also after a restart.", (service, id, token) => service.DisableAsync(id, token));
        MapAction(
            api, "reload", "reloadPlugin", "Loads the plugin's folder again and replaces what serves.", (service, id, token) => service.ReloadAsync(id, token));
        MapAction(
            api,
            "clear-quarantine",
            "clearPluginQuarantine",
            "Lets a plugin in quarantine serve again at once.",
            (service, id, token) => service.ClearQuarantineAsync(id, token));

        api.MapDelete("/plugins/{id}", async (string id, ITelecomRuntime runtime, CancellationToken cancellationToken) =>
            {
                await runtime.PluginService.RemoveAsync(id, cancellationToken);
                return TypedResults.NoContent();
            })
            .WithName("removePlugin").WithTags(Tag).WithSummary("Unloads a plugin and deletes its folder; plugins that come with the host stay.")
            .Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status422UnprocessableEntity);

        api.MapGet("/plugins/events", (ITelecomRuntime runtime) => TypedResults.Json(
                new ItemsDocument<PluginEventDocument>([.. runtime.PluginService.History.Select(PluginEventDocument.Of)]),
                ReadableJson.Host.ItemsDocumentPluginEventDocument))
            .WithName("listPluginEvents").WithTags(Tag).WithSummary("The latest 1000 changes of state with their reasons, oldest first.")
            .Produces<ItemsDocument<PluginEventDocument>>();
    }

    private static OpenApiRequestBody Body() => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [Zip] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
        },
    };

    private static void MapAction(
        IEndpointRouteBuilder api,
        string verb,
        string name,
        string summary,
        Func<IPluginService, string, CancellationToken, Task<PluginStatus>> action) =>
        api.MapPost($"/plugins/{{id}}:{verb}", async (string id, ITelecomRuntime runtime, CancellationToken cancellationToken) =>
                Answer(await action(runtime.PluginService, id, cancellationToken)))
            .WithName(name).WithTags(Tag).WithSummary(summary)
            .Produces<PluginDocument>().Refuses(StatusCodes.Status404NotFound);

    private static async Task<JsonHttpResult<PluginDocument>> InstallAsync(
        HttpContext context, [FromServices] ITelecomRuntime runtime, CancellationToken cancellationToken)
    {
        if (context.Request.ContentType is not (Zip or "application/octet-stream"))
        {
            throw new BadHttpRequestException($"The body must be {Zip}.", StatusCodes.Status415UnsupportedMediaType);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxArchiveBytes;
        }

        if (context.Request.ContentLength > MaxArchiveBytes)
        {
            throw new BadHttpRequestException($"The archive is larger than {MaxArchiveBytes >> 20} MiB.", StatusCodes.Status413PayloadTooLarge);
        }

        return Answer(await runtime.PluginService.InstallAsync(context.Request.Body, cancellationToken), StatusCodes.Status201Created);
    }

    private static JsonHttpResult<PluginDocument> Answer(PluginStatus status, int code = StatusCodes.Status200OK) =>
        TypedResults.Json(PluginDocument.Of(status), ReadableJson.Host.PluginDocument, statusCode: code);
}
