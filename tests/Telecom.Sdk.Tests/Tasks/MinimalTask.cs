using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Telecom.Sdk.Json;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Sdk.Tests.Tasks;

/// <summary>A whole plugin: with a manifest beside it, this file is all that the host needs.</summary>
[ExportTask("link-mean")]
public sealed class MinimalTask : TelecomTask<LinkHistory, LinkForecast>
{
    /// <inheritdoc/>
    protected override void Configure(TaskBuilder<LinkHistory, LinkForecast> task) => task
        .Describe("Mean link load", "The next load of a link as the mean of its past loads, in Mbit/s.")
        .Json(LinkJson.Default.LinkHistory, LinkJson.Default.LinkForecast, Validate)
        .Method("mean", "arithmetic mean of the history", new MeanLoad())
        .Example(new JsonObject { ["loads_mbps"] = new JsonArray(10, 20, 60) });

    private static void Validate(LinkHistory history, InputErrors errors)
    {
        if (history.LoadsMbps.Count == 0)
        {
            errors.Add("/loads_mbps", "must hold at least one load.");
        }
    }

    private sealed class MeanLoad : IMethod<LinkHistory, LinkForecast>
    {
        public void Predict(ReadOnlySpan<LinkHistory> batch, Span<LinkForecast> results)
        {
            for (var row = 0; row < batch.Length; row++)
            {
                results[row] = new(batch[row].LoadsMbps.Average());
            }
        }
    }
}

/// <summary>What is known.</summary>
public sealed record LinkHistory
{
    /// <summary>History.</summary>
    [Quantity("Past loads, oldest first.", Unit = "Mbit/s", Minimum = 0)]
    public required IReadOnlyList<double> LoadsMbps { get; init; }
}

/// <summary>What is predicted.</summary>
public sealed record LinkForecast([property: Quantity("Next load.", Unit = "Mbit/s")] double NextMbps);

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LinkHistory))]
[JsonSerializable(typeof(LinkForecast))]
public sealed partial class LinkJson : JsonSerializerContext;
