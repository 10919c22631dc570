using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Telecom.Host.Access;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Lists;
using Telecom.Runtime;
using Telecom.Runtime.Adapters;

namespace Telecom.Host.Rest;

/// <summary>Shows, loads, pins and unloads the adapters that requests may name.</summary>
internal static class AdapterEndpoints
{
    private const string Tag = "adapters";
    private const string Path = "/models/adapters";
    private const string DrainingState = "draining";

    public static void Map(IEndpointRouteBuilder api)
    {
        var writers = api.MapGroup(string.Empty).Needs(Scopes.ModelsWrite);
        api.MapGet(Path, (HttpContext context, ITelecomRuntime runtime) =>
                Tagged.Json(Pages.Cut(context, runtime.Adapters.All, KeyOf), ReadableJson.Host.PageDocumentAdapterRecord))
            .WithName("listAdapters").WithTags(Tag).WithSummary("Every version of every adapter with its state, memory and users.")
            .ListsPages<AdapterRecord>().IsTagged();

        writers.MapPut($"{Path}/{{name}}", async (string name, ITelecomRuntime runtime, CancellationToken cancellationToken) =>
                Answer(await runtime.Adapters.LoadAsync(name, cancellationToken)))
            .WithName("loadAdapter").WithTags(Tag)
            .WithSummary("Loads the newest version in the adapter store and serves it; requests that run finish on the version before.")
            .Produces<AdapterRecord>()
            .Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status422UnprocessableEntity).Refuses(StatusCodes.Status503ServiceUnavailable);

        writers.MapDelete($"{Path}/{{name}}", (string name, ITelecomRuntime runtime) =>
                runtime.Adapters.Unload(name) is var record && record.State == DrainingState
                    ? Answer(record, StatusCodes.Status202Accepted)
                    : Answer(record))
            .WithName("unloadAdapter").WithTags(Tag)
            .WithSummary("Refuses new requests at once; 202 while requests that came before finish on it. The store keeps the files.")
            .Produces<AdapterRecord>().Produces<AdapterRecord>(StatusCodes.Status202Accepted)
            .Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status422UnprocessableEntity);

        writers.MapPut($"{Path}/{{name}}/pin", (string name, ITelecomRuntime runtime) => Answer(runtime.Adapters.Pin(name, isPinned: true)))
            .WithName("pinAdapter").WithTags(Tag).WithSummary("Keeps the version in memory whatever else is needed there.")
            .Produces<AdapterRecord>().Refuses(StatusCodes.Status404NotFound);

        writers.MapDelete($"{Path}/{{name}}/pin", (string name, ITelecomRuntime runtime) => Answer(runtime.Adapters.Pin(name, isPinned: false)))
            .WithName("unpinAdapter").WithTags(Tag).WithSummary("Lets the version give way again.")
            .Produces<AdapterRecord>().Refuses(StatusCodes.Status404NotFound);
    }

    private static string KeyOf(AdapterRecord record) => string.Create(CultureInfo.InvariantCulture, $"{record.Name}@{record.Version:D19}");

    private static JsonHttpResult<AdapterRecord> Answer(AdapterRecord record, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(record, ReadableJson.Host.AdapterRecord, statusCode: status);
}
