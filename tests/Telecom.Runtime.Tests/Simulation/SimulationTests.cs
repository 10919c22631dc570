using System.Text.Json.Nodes;
using Telecom.Runtime.Simulation;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Measurements;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Simulation;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tests.Simulation;

/// <summary>Simulators and speed suites of tasks, run by the host.</summary>
public sealed class SimulationTests
{
    [Fact]
    public async Task A_simulator_gets_what_the_user_named_and_the_methods()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(Task());

        var result = await server.SimulateAsync(
            new() { Task = "toy-simulated", Scenario = "file#3", Policy = "sum", Settings = new Dictionary<string, string> { ["speed"] = "9" }, Seed = 7 },
            null,
            ToyHost.Token);

        Assert.Equal("""{"scenario":"file#3","speed":9,"seed":7,"y":2.5}""", result.ToJsonString());
    }

    [Theory]
    [InlineData("nope", ErrorCode.NotFound)]
    [InlineData("network", ErrorCode.Untrained)]
    public async Task Methods_that_cannot_be_played_are_named(string policy, ErrorCode code)
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(Task());

        var exception = await Assert.ThrowsAsync<TelecomException>(
            () => server.SimulateAsync(new() { Task = "toy-simulated", Policy = policy }, null, ToyHost.Token));

        Assert.Equal(code, exception.Code);
        Assert.Contains(policy, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_settings_and_failing_simulators_are_refused_with_a_code()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(Task());
        var wrong = new Dictionary<string, string> { ["sped"] = "1" };

        var setting = await Assert.ThrowsAsync<TelecomException>(
            () => server.SimulateAsync(new() { Task = "toy-simulated", Settings = wrong }, null, ToyHost.Token));
        var fault = await Assert.ThrowsAsync<TelecomException>(() => server.SimulateAsync(new() { Task = "toy-simulated" }, null, ToyHost.Token));

        Assert.Equal((ErrorCode.InvalidInput, ErrorCode.PluginFault), (setting.Code, fault.Code));
    }

    [Fact]
    public async Task Speeds_are_counted_per_operation_with_what_they_allocate()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(Task());

        var table = Assert.Single(await server.MeasureAsync(null, ToyHost.Token));

        Assert.Equal(["light", "heavy", "allocating"], table.Rows.Select(row => row.Case));
        Assert.True(table.Rows[1].MicrosecondsPerOperation > table.Rows[0].MicrosecondsPerOperation);
        Assert.Equal((0, true), (table.Rows[0].AllocatedBytesPerOperation, table.Rows[0].IsMet));

        // An array of 100 bytes with its header takes 128 bytes on a 64-bit runtime; 2 operations per call.
        Assert.Equal((64, false), (table.Rows[2].AllocatedBytesPerOperation, table.Rows[2].IsMet));
        Assert.Null(table.Rows[1].IsMet);
    }

    [Fact]
    public async Task Tasks_without_simulator_or_speeds_say_so()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));

        Assert.Equal(
            ErrorCode.NotFound,
            (await Assert.ThrowsAsync<TelecomException>(() => server.SimulateAsync(new() { Task = "toy-first" }, null, ToyHost.Token))).Code);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<TelecomException>(() => server.MeasureAsync(null, ToyHost.Token))).Code);
    }

    private static TaskDefinition<ToyRequest, ToyAnswer> Task() => (TaskDefinition<ToyRequest, ToyAnswer>)new SimulatedTask().Define();

    [ExportTask("toy-simulated")]
    private sealed class SimulatedTask : TelecomTask<ToyRequest, ToyAnswer>
    {
        protected override void Configure(TaskBuilder<ToyRequest, ToyAnswer> task) => task
            .Json(ToyJson.Default.ToyRequest, ToyJson.Default.ToyAnswer)
            .Method("sum", "sum", new ToyAnalytic(1, new()))
            .Network("network", "never trained", new TrainingOptions(), [], _ => throw new FormatException())
            .Simulator(new Simulator())
            .Speed(new Speeds())
            .Example(new JsonObject { ["x"] = new JsonArray(1, 2, 3) });
    }

    private sealed class Simulator : ISimulator<ToyRequest, ToyAnswer>
    {
        public SimulatorDescriptor Descriptor { get; } = new("one sum", [new SettingDescriptor("speed", "1", "how fast")]);

        public async ValueTask<JsonObject> RunAsync(SimulationContext<ToyRequest, ToyAnswer> context, CancellationToken cancellationToken)
        {
            var method = await context.Methods.GetAsync(context.Policy ?? throw new FormatException("no policy"), cancellationToken);
            var answers = new ToyAnswer[1];
            method.Predict([ToyRequest.Of(3)], answers);
            return new()
            {
                ["scenario"] = context.Scenario,
                ["speed"] = context.Settings.Integer("speed"),
                ["seed"] = context.Seed,
                ["y"] = answers[0].Y[0],
            };
        }
    }

    private sealed class Speeds : ISpeedSuite<ToyRequest, ToyAnswer>
    {
        private double sink;
        private byte[] last = [];

        public string Description => "sums";

        public ValueTask<IReadOnlyList<SpeedCase>> PrepareAsync(SpeedContext<ToyRequest, ToyAnswer> context, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<SpeedCase>>(
            [
                new("light", 10, () => Add(10)) { TargetMicroseconds = 1e6, AllowedBytes = 0 },
                new("heavy", 10, () => Add(10_000)),
                new("allocating", 2, () => last = new byte[100]) { AllowedBytes = 0 },
            ]);

        private void Add(int terms)
        {
            for (var i = 0; i < terms; i++)
            {
                sink += Math.Sqrt(i + last.Length);
            }
        }
    }
}
