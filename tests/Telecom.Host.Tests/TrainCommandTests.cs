using System.Text.Json.Nodes;
using Telecom.Host.Tests.Fakes;
using Telecom.Runtime.Training;

namespace Telecom.Host.Tests;

public sealed class TrainCommandTests
{
    private static readonly TrainingReport Report = new()
    {
        Task = "echo",
        Method = "deep",
        Bundle = "/b/1",
        Base = "nano",
        TrainableParameters = 1234,
        Examples = 56,
        BestEpoch = 3,
        Metrics = new Dictionary<string, double> { ["valid_error"] = 0.25 },
        Seconds = 2.5,
        ExamplesPerSecond = 100,
    };

    [Fact]
    public async Task Every_option_reaches_the_training_and_the_card_gets_a_command_that_can_be_pasted()
    {
        TrainingRequest? seen = null;
        var runtime = new FakeRuntime
        {
            Train = (request, _) =>
            {
                seen = request;
                return Report;
            },
        };
        string[] arguments =
        [
            "train", "echo", "--method", "deep", "--data", "it's here", "--out", "o", "--set", "lr=1e-3", "--seed", "5", "--resume",
            "--base", "random:3", "--state", Path.GetTempPath(),
        ];

        var run = await CommandRun.OfAsync(runtime, arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.NotNull(seen);
        Assert.Equal(("echo", "deep", "it's here"), (seen.Task, seen.Method, seen.Data));
        Assert.Equal((Path.GetFullPath("o"), 5, true), (seen.OutputDirectory, seen.Seed, seen.Resume));
        Assert.Equal("1e-3", seen.Settings["lr"]);
        Assert.Equal("random:3", run.Options!.Base);
        const string Command = "telecom train echo --method deep --data 'it'\\''s here' --set lr=1e-3 --seed 5 --base random:3";
        Assert.StartsWith(Command, seen.Command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_members_of_the_report()
    {
        var run = await CommandRun.OfAsync(new() { Train = (_, _) => Report }, "train", "echo", "--method", "deep", "--output", "json");

        var expected = JsonNode.Parse(
            """
            {"task":"echo","method":"deep","bundle":"/b/1","base":"nano","trainableParameters":1234,"examples":56,"bestEpoch":3,
             "metrics":{"valid_error":0.25},"seconds":2.5,"examplesPerSecond":100}
            """);
        Assert.Equal(expected!.ToJsonString(), JsonNode.Parse(run.Output)!.ToJsonString());
    }

    [Fact]
    public async Task An_interrupted_run_gives_130_and_says_how_to_continue()
    {
        using var cancellation = new CancellationTokenSource();
        var runtime = new FakeRuntime
        {
            Train = (_, token) =>
            {
                cancellation.Cancel();
                throw new OperationCanceledException(token);
            },
        };

        var run = await CommandRun.OfAsync(runtime, string.Empty, cancellation.Token, "train", "echo", "--method", "deep");

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("--resume", run.Error, StringComparison.Ordinal);
    }
}
