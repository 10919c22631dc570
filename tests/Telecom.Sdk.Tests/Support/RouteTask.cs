using System.Text.Json.Nodes;
using Telecom.Sdk.Json;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Sdk.Tests.Support;

/// <summary>A task whose documents have every kind of member that requests use: nested objects, lists, maps, enums, optional values.</summary>
[ExportTask("route")]
public sealed class RouteTask : TelecomTask<RouteRequest, RouteAnswer>
{
    public static TaskDefinition<RouteRequest, RouteAnswer> Definition { get; } = (TaskDefinition<RouteRequest, RouteAnswer>)new RouteTask().Define();

    protected override void Configure(TaskBuilder<RouteRequest, RouteAnswer> task) => task
        .Json(RouteJson.Default.RouteRequest, RouteJson.Default.RouteAnswer, Validate)
        .Method("length", "number of hops", new HopCount())
        .Example(new JsonObject { ["name"] = "a", ["hops"] = new JsonArray() });

    private static void Validate(RouteRequest request, InputErrors errors)
    {
        for (var i = 0; i < request.Hops.Count; i++)
        {
            errors.Range($"/hops/{i}/delayMs", request.Hops[i].DelayMs, 0, 1000, "ms");
        }
    }

    private sealed class HopCount : IMethod<RouteRequest, RouteAnswer>
    {
        public void Predict(ReadOnlySpan<RouteRequest> batch, Span<RouteAnswer> results)
        {
            for (var row = 0; row < batch.Length; row++)
            {
                results[row] = new() { Hops = batch[row].Hops.Count, Name = batch[row].Name };
            }
        }
    }
}
