using Telecom.Host.Documents;
using Telecom.Runtime;
using Telecom.Runtime.Models;

namespace Telecom.Host.Rest;

/// <summary>What is loaded.</summary>
internal static class StateEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/plugins", (ITelecomRuntime runtime) =>
                TypedResults.Json(
                    new ItemsDocument<PluginDocument>([.. runtime.Plugins.Select(PluginDocument.Of)]), ReadableJson.Host.ItemsDocumentPluginDocument))
            .WithName("listPlugins").WithTags("state").WithSummary("All plugin folders, refused ones with the reason.")
            .Produces<ItemsDocument<PluginDocument>>();

        api.MapGet("/datasets", (ITelecomRuntime runtime) =>
                TypedResults.Json(
                    new ItemsDocument<DatasetDocument>([.. runtime.Datasets.All.Select(DatasetDocument.Of)]),
                    ReadableJson.Host.ItemsDocumentDatasetDocument))
            .WithName("listDatasets").WithTags("state").WithSummary("All datasets with licence, source and settings.")
            .Produces<ItemsDocument<DatasetDocument>>();

        api.MapGet("/models", (ITelecomRuntime runtime) =>
                TypedResults.Json(new ItemsDocument<ModelRecord>(runtime.Models), ReadableJson.Host.ItemsDocumentModelRecord))
            .WithName("listModels").WithTags("state").WithSummary("The weights of every learned method.")
            .Produces<ItemsDocument<ModelRecord>>();
    }
}
