using System.Text.Json.Nodes;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Methods;
using Telecom.Plugins.Viewport.Methods.Learned;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Viewport;

/// <summary>Where will the viewer of a 360-degree video look next?</summary>
[ExportTask("viewport")]
public sealed class ViewportTask : TelecomTask<ViewportRequest, ViewportForecast>
{
    private const string ExampleRequest = """
        {
          "dataset": "jin2022",
          "video": 4,
          "samples": [
            { "t": 0.0, "roll": 1.2, "pitch": -3.0, "yaw": 170.1 },
            { "t": 0.2, "roll": 1.4, "pitch": -2.8, "yaw": 172.0 },
            { "t": 0.4, "roll": 1.5, "pitch": -2.7, "yaw": 174.2 },
            { "t": 0.6, "roll": 1.7, "pitch": -2.3, "yaw": 176.1 },
            { "t": 0.8, "roll": 1.6, "pitch": -2.2, "yaw": 178.3 },
            { "t": 1.0, "roll": 1.5, "pitch": -2.0, "yaw": -179.9 },
            { "t": 1.2, "roll": 1.3, "pitch": -1.7, "yaw": -178.2 },
            { "t": 1.4, "roll": 1.2, "pitch": -1.6, "yaw": -176.8 },
            { "t": 1.6, "roll": 1.2, "pitch": -1.4, "yaw": -175.9 },
            { "t": 1.8, "roll": 1.1, "pitch": -1.3, "yaw": -175.5 }
          ],
          "steps": 20
        }
        """;

    /// <inheritdoc/>
    protected override void Configure(TaskBuilder<ViewportRequest, ViewportForecast> task) => task
        .Describe(
            "Viewport prediction",
            "Head orientation (roll, pitch, yaw in degrees) of a 360-degree video viewer over the next seconds, from the last two.")
        .Records<ViewportTrace>()
        .Json(ViewportJson.Default.ViewportRequestDocument, ViewportJson.Default.ViewportAnswerDocument, ViewportCodec.Read, ViewportCodec.Write)
        .Tensors(new ViewportTensors())
        .Example(JsonNode.Parse(ExampleRequest)!)
        .Method("hold", "no motion: the last orientation stays", new Hold())
        .Method("damped-velocity", "the last move continues and halves with every step", new DampedVelocity())
        .Method("velocity", "mean velocity of the window continues (NetLLM baseline, no unwrapping)", new Velocity())
        .Method("velocity-unwrap", "velocity after unwrapping the history", new Velocity(unwrap: true))
        .Method("linear-regression", "least-squares line through the window (NetLLM baseline, no unwrapping)", new LinearRegression())
        .Method("linear-regression-unwrap", "linear regression after unwrapping the history", new LinearRegression(unwrap: true))
        .Network(
            "network",
            "two hidden layers on the window's motion, displacements of all steps at once",
            LearnedSettings.NetworkTraining,
            LearnedSettings.Network,
            setup => new NetworkViewport(setup))
        .Adapted(
            "adapted",
            "the shared base with a low-rank adapter (NetLLM, SIGCOMM 2024), residual recipe by default",
            LearnedSettings.AdaptedTraining,
            LearnedSettings.Adapted,
            AdaptedRecipes.Create,
            isDefault: true)
        .Fallback("hold")
        .Benchmark(new ViewportBenchmark());
}
