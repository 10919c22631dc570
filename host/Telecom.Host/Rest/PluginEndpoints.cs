using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Telecom.Host.Access;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Lists;
using Telecom.Runtime;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Adds, switches and removes plugins while the host serves.</summary>
internal static class PluginEndpoints
{
    private const string Tag = "plugins";
    private const string Zip = "application/zip";
    private const long MaxArchiveBytes = 256L << 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        var operators = api.MapGroup(string.Empty).Needs(Scopes.PluginsAdmin);
        operators.MapPost("/plugins", InstallAsync)
            .WithName("installPlugin").WithTags(Tag)
            .WithSummary("Uploads a plugin as a zip, serves it, and only then puts its folder into place; an earlier version finishes its requests.")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.RequestBody = Body();
                return Task.CompletedTask;
            })
            .Produces<PluginDocument>(StatusCodes.Status201Created).IsIdempotent(MaxArchiveBytes)
            .Refuses(StatusCodes.Status400BadRequest).Refuses(StatusCodes.Status413PayloadTooLarge)
            .Refuses(StatusCodes.Status415UnsupportedMediaType);

        MapAction(operators, "enable", "enablePlugin", "Loads a plugin that was switched off.", service => service.EnableAsync);
        MapAction(operators, "disable", "disablePlugin", "Unloads a plugin and keeps it so, also after a restart.", service => service.DisableAsync);
        MapAction(operators, "reload", "reloadPlugin", "Loads the plugin's folder again and replaces what serves.", service => service.ReloadAsync);
        MapAction(
            operators,
            "clear-quarantine",
            "clearPluginQuarantine",
            "Lets a plugin in quarantine serve again at once.",
            service => service.ClearQuarantineAsync);

        MapDelete(operators);
        MapReading(api);
    }

    private static OpenApiRequestBody Body() => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [Zip] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
        },
    };

    private static void MapAction(IEndpointRouteBuilder api, string verb, string name, string summary, Func<IPluginService, PluginChange> change) =>
        api.MapPost($"/plugins/{{id}}:{verb}", async (string id, HttpContext context, ITelecomRuntime runtime, CancellationToken cancellationToken) =>
                Answer(await change(runtime.PluginService)(id, Precondition(context.Request, runtime, id), cancellationToken)))
            .WithName(name).WithTags(Tag).WithSummary(summary)
            .Produces<PluginDocument>().TakesIfMatch().Refuses(StatusCodes.Status404NotFound);

    private static void MapDelete(IEndpointRouteBuilder api) =>
        api.MapDelete("/plugins/{id}", async (string id, HttpContext context, ITelecomRuntime runtime, CancellationToken cancellationToken) =>
            {
                await runtime.PluginService.RemoveAsync(id, Precondition(context.Request, runtime, id), cancellationToken);
                return TypedResults.NoContent();
            })
            .WithName("removePlugin").WithTags(Tag).WithSummary("Unloads a plugin and deletes its folder; plugins that come with the host stay.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesIfMatch().Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status422UnprocessableEntity);

    private static void MapReading(IEndpointRouteBuilder api)
    {
        api.MapGet("/plugins", (HttpContext context, ITelecomRuntime runtime) => Tagged.Json(
                Pages.Cut(context, runtime.Plugins, plugin => plugin.Id, PluginDocument.Of), ReadableJson.Host.PageDocumentPluginDocument))
            .WithName("listPlugins").WithTags(Tag).WithSummary("All plugin folders, refused ones with the reason.")
            .ListsPages<PluginDocument>().IsTagged();

        api.MapGet("/plugins/{id}", (string id, ITelecomRuntime runtime) => Answer(Find(runtime, id)))
            .WithName("getPlugin").WithTags(Tag).WithSummary("One plugin; its ETag guards changes of it.")
            .Produces<PluginDocument>().IsTagged().Refuses(StatusCodes.Status404NotFound);

        api.MapGet("/plugins/events", (HttpContext context, ITelecomRuntime runtime) => Tagged.Json(
                Pages.Cut(context, runtime.PluginService.History, KeyOf, PluginEventDocument.Of, isDescending: true),
                ReadableJson.Host.PageDocumentPluginEventDocument))
            .WithName("listPluginEvents").WithTags(Tag).WithSummary("The latest 1000 changes of state with their reasons, newest first.")
            .ListsPages<PluginEventDocument>().IsTagged();
    }

    private static string KeyOf(PluginTransition transition) =>
        string.Create(CultureInfo.InvariantCulture, $"{transition.AtUtc.UtcTicks:D19}");

    // What lies in the plugin's place now; versions that are on their way out are in the list only.
    private static PluginStatus Find(ITelecomRuntime runtime, string id) =>
        runtime.Plugins.Where(plugin => plugin.Id == id && !IsLeaving(plugin)).MaxBy(plugin => plugin.Since)
        ?? throw new TelecomException(
            ErrorCode.NotFound, $"There is no plugin '{id}'. Plugins: {string.Join(", ", runtime.Plugins.Select(plugin => plugin.Id).Distinct())}.");

    private static bool IsLeaving(PluginStatus plugin) => Enum.Parse<PluginState>(plugin.State)
        is PluginState.Draining or PluginState.Unloading or PluginState.Unloaded or PluginState.Superseded or PluginState.UnloadPending;

    // Looked at when the change's turn has come, so that no other change comes between.
    private static Action? Precondition(HttpRequest request, ITelecomRuntime runtime, string id) => request.Headers.IfMatch.Count == 0
        ? null
        : () =>
        {
            var tag = EntityTag.Of(PluginDocument.Of(Find(runtime, id)), ReadableJson.Host.PluginDocument);
            if (!EntityTag.IsExpected(request, tag))
            {
                throw new TelecomException(
                    ErrorCode.PreconditionFailed, $"Plugin '{id}' has the tag {tag} and not {request.Headers.IfMatch}: read it again, then decide.");
            }
        };

    private static async Task<TaggedJson<PluginDocument>> InstallAsync(
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

        var plugin = await runtime.PluginService.InstallAsync(context.Request.Body, cancellationToken);
        context.Response.Headers.Location = $"/api/v1/plugins/{Uri.EscapeDataString(plugin.Id)}";
        return Answer(plugin, StatusCodes.Status201Created);
    }

    private static TaggedJson<PluginDocument> Answer(PluginStatus status, int code = StatusCodes.Status200OK) =>
        Tagged.Json(PluginDocument.Of(status), ReadableJson.Host.PluginDocument, code);

    private delegate Task<PluginStatus> PluginChange(string id, Action? precondition, CancellationToken cancellationToken);
}
