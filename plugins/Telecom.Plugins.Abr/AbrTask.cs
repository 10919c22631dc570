using System.Text.Json.Nodes;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Live;
using Telecom.Plugins.Abr.Methods;
using Telecom.Plugins.Abr.Methods.Learned;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Abr;

/// <summary>At which level shall a player download the next chunk of its video?</summary>
[ExportTask("abr")]
public sealed class AbrTask : TelecomTask<AbrRequest, AbrDecision>
{
    private const string ExampleRequest = """
        {
          "videoId": "sample",
          "chunkIndex": 4,
          "lastLevel": 2,
          "bufferSeconds": 9.2,
          "history": [
            { "sizeBytes": 152340, "delayMs": 812.5 },
            { "sizeBytes": 371220, "delayMs": 1504.0 },
            { "sizeBytes": 402118, "delayMs": 1622.3 },
            { "sizeBytes": 611902, "delayMs": 2711.8 }
          ]
        }
        """;

    /// <inheritdoc/>
    protected override void Configure(TaskBuilder<AbrRequest, AbrDecision> task)
    {
        task
            .Describe(
                "Adaptive bitrate streaming",
                "Level of the next video chunk from sizes and delays of the last ones, the buffer, and the sizes of those to come.")
            .Records<ThroughputTrace>()
            .Json(AbrJson.Default.AbrRequestDocument, AbrJson.Default.AbrDecisionDocument, AbrCodec.Read, AbrCodec.Write)
            .Tensors(new AbrTensors())
            .Example(JsonNode.Parse(ExampleRequest)!);
        foreach (var rule in RulePolicies.All)
        {
            task.Method(rule.Name, rule.Summary, rule.Method);
        }

        task
            .Network(
                NetworkPolicy.Id,
                "a network of its own over one step's features, taught by rollouts of mpc",
                LearnedSettings.NetworkTraining,
                LearnedSettings.Network,
                setup => new NetworkPolicy(setup))
            .Adapted(
                AdaptedPolicy.Id,
                "return-conditioned sequence policy on the shared base with a low-rank adapter (NetLLM, SIGCOMM 2024)",
                LearnedSettings.AdaptedTraining,
                LearnedSettings.Adapted,
                setup => new AdaptedPolicy(setup),
                isDefault: true)
            .Fallback(RulePolicies.Reference)
            .Benchmark(new AbrBenchmark())
            .Sessions(new LiveMemory())
            .Simulator(new AbrSimulator())
            .Speed(new AbrSpeed());
    }
}
