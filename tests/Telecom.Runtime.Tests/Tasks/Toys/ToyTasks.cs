using System.Text.Json.Nodes;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>Tasks that are built in the test instead of loaded from a plugin folder.</summary>
internal static class ToyTasks
{
    private static readonly TrainingOptions Training = new() { Epochs = 2, BatchSize = 8, LearningRate = 0.05 };

    private static readonly SettingDescriptor[] Settings =
    [
        new("hidden", "4", "hidden size"),
        new("examples", "16", "training examples"),
        new("defect", "", "where training fails"),
    ];

    public static TaskDefinition<ToyRequest, ToyAnswer> First(ToyLog log) => (TaskDefinition<ToyRequest, ToyAnswer>)new FirstTask(log).Define();

    public static TaskDefinition<ToyRequest, ToyAnswer> Second(ToyLog log) => (TaskDefinition<ToyRequest, ToyAnswer>)new SecondTask(log).Define();

    /// <summary>A task with one learned method and nothing to fall back on.</summary>
    public static TaskDefinition<ToyRequest, ToyAnswer> Lonely(ToyLog log) => (TaskDefinition<ToyRequest, ToyAnswer>)new LonelyTask(log).Define();

    [ExportTask("toy-first")]
    private sealed class FirstTask(ToyLog log) : TelecomTask<ToyRequest, ToyAnswer>
    {
        protected override void Configure(TaskBuilder<ToyRequest, ToyAnswer> task) => task
            .Json(ToyJson.Default.ToyRequest, ToyJson.Default.ToyAnswer, (request, errors) =>
            {
                if (request.X.Length != 3)
                {
                    errors.Add("/x", "must hold 3 numbers.");
                }
            })
            .Method("sum", "sum", new ToyAnalytic(1, log), isDefault: true)
            .Network("network", "encoder and head", Training, Settings, setup => new ToyNetwork(setup, log))
            .Adapted("adapted", "one forward", Training, Settings, setup => new ToyAdapted(setup, log))
            .Adapted("steps", "many forwards", Training, Settings, setup => new ToySteps(setup, log))
            .Network("unbuildable", "throws when it is made", Training, Settings, _ => throw new FormatException("unbuildable"))
            .Fallback("sum")
            .Benchmark(new ToyBenchmark())
            .Example(new JsonObject { ["x"] = new JsonArray(1, 2, 3) });
    }

    [ExportTask("toy-second")]
    private sealed class SecondTask(ToyLog log) : TelecomTask<ToyRequest, ToyAnswer>
    {
        protected override void Configure(TaskBuilder<ToyRequest, ToyAnswer> task) => task
            .Json(ToyJson.Default.ToyRequest, ToyJson.Default.ToyAnswer)
            .Method("sum", "sum", new ToyAnalytic(-2, log))
            .Adapted("adapted", "one forward", Training, Settings, setup => new ToyAdapted(setup, log), isDefault: true)
            .Fallback("sum")
            .Example(new JsonObject { ["x"] = new JsonArray(1, 2, 3) });
    }

    [ExportTask("toy-lonely")]
    private sealed class LonelyTask(ToyLog log) : TelecomTask<ToyRequest, ToyAnswer>
    {
        protected override void Configure(TaskBuilder<ToyRequest, ToyAnswer> task) => task
            .Json(ToyJson.Default.ToyRequest, ToyJson.Default.ToyAnswer)
            .Network("network", "encoder and head", Training, Settings, setup => new ToyNetwork(setup, log))
            .Example(new JsonObject { ["x"] = new JsonArray(1, 2, 3) });
    }
}
