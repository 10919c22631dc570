using Telecom.Host.Documents;
using Telecom.Host.Rest.Conditions;
using Telecom.Host.Rest.Lists;
using Telecom.Runtime;
using Telecom.Runtime.Models;

namespace Telecom.Host.Rest;

/// <summary>What is loaded.</summary>
internal static class StateEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/datasets", (HttpContext context, ITelecomRuntime runtime) =>
                Tagged.Json(
                    Pages.Cut(context, runtime.Datasets.All, dataset => dataset.Descriptor.Id, DatasetDocument.Of),
                    ReadableJson.Host.PageDocumentDatasetDocument))
            .WithName("listDatasets").WithTags("state").WithSummary("All datasets with licence, source and settings.")
            .ListsPages<DatasetDocument>().IsTagged();

        api.MapGet("/models", (HttpContext context, ITelecomRuntime runtime) =>
                Tagged.Json(
                    Pages.Cut(context, runtime.Models, model => $"{model.Task}/{model.Method}"), ReadableJson.Host.PageDocumentModelRecord))
            .WithName("listModels").WithTags("state").WithSummary("The weights of every learned method.")
            .ListsPages<ModelRecord>().IsTagged();
    }
}
