using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Host.Tests.Fakes;
using Telecom.Runtime.Evaluation;

namespace Telecom.Host.Tests;

public sealed class EvaluateCommandTests
{
    private static readonly EvaluationReport Report = new()
    {
        Task = "echo",
        Data = "some/where",
        Split = "test",
        Cases = 882,
        Settings = new Dictionary<string, object> { ["history"] = 10, ["rate"] = 4e-5, ["name"] = "a", ["all"] = true, ["seeds"] = new[] { 1, 2 } },
        Methods =
        [
            new() { Method = "plain", Kind = "analytic", Status = "ok", Metrics = Metrics(8.774, 0.5), MicrosecondsPerCase = 0.9 },
            new() { Method = "double", Kind = "analytic", Status = "ok", Metrics = Metrics(9.5, 0.75), MicrosecondsPerCase = 1.5 },
            new() { Method = "deep", Kind = "adapted", Status = "untrained", Reason = "no bundle" },
        ],
        Groups = [],
        Notes = [],
    };

    [Fact]
    public async Task Json_has_exactly_the_promised_shape()
    {
        var run = await CommandRun.OfAsync(new() { Evaluate = (_, _) => Report }, "evaluate", "echo", "--output", "json");

        var expected = JsonNode.Parse(
            """
            {"task":"echo","data":"some/where","split":"test","cases":882,"settings":{"history":10,"rate":4e-5,"name":"a","all":true,"seeds":[1,2]},
             "methods":[{"method":"plain","kind":"analytic","status":"ok","metrics":{"error":8.774,"hits":0.5},"microsecondsPerCase":0.9},
                        {"method":"double","kind":"analytic","status":"ok","metrics":{"error":9.5,"hits":0.75},"microsecondsPerCase":1.5},
                        {"method":"deep","kind":"adapted","status":"untrained","reason":"no bundle"}]}
            """);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected!.ToJsonString(), JsonNode.Parse(run.Output)!.ToJsonString().Replace("4E-05", "4e-5", StringComparison.Ordinal));
        Assert.Equal(string.Empty, run.Error);
    }

    [Fact]
    public async Task Json_lists_groups_and_notes_when_there_are_any()
    {
        var report = Report with
        {
            Groups = [new() { Name = "file 1", Cases = 36, Methods = [new("plain", new Dictionary<string, double> { ["error"] = 2 })] }],
            Notes = ["one trace was too short"],
        };

        var run = await CommandRun.OfAsync(new() { Evaluate = (_, _) => report }, "evaluate", "echo", "--output", "json");

        var document = JsonNode.Parse(run.Output)!;
        Assert.Equal("""[{"name":"file 1","cases":36,"methods":[{"method":"plain","metrics":{"error":2}}]}]""", document["groups"]!.ToJsonString());
        Assert.Equal("one trace was too short", (string?)document["notes"]![0]);
    }

    [Fact]
    public async Task Figures_that_are_no_numbers_are_left_out_and_noted()
    {
        var report = Report with
        {
            Methods = [Report.Methods[0] with { Metrics = Metrics(double.NaN, 1), MicrosecondsPerCase = double.PositiveInfinity }],
        };

        var run = await CommandRun.OfAsync(new() { Evaluate = (_, _) => report }, "evaluate", "echo", "--output", "json");

        var document = JsonNode.Parse(run.Output)!;
        Assert.Equal("""{"method":"plain","kind":"analytic","status":"ok","metrics":{"hits":1}}""", document["methods"]![0]!.ToJsonString());
        Assert.Equal("plain: error is NaN and left out.", (string?)document["notes"]![0]);
    }

    [Fact]
    public async Task The_table_marks_the_best_value_of_each_metric()
    {
        var run = await CommandRun.OfAsync(new() { Evaluate = (_, _) => Report }, "evaluate", "echo");

        var rows = run.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Contains("method kind status µs/case error [m] ↓ hits ↑", rows);
        Assert.Contains("plain analytic ok 0.900 8.774 * 0.500", rows);
        Assert.Contains("double analytic ok 1.500 9.500 0.750 *", rows);
        Assert.Contains("deep adapted untrained no bundle", rows);
    }

    [Fact]
    public async Task Every_option_reaches_the_evaluation()
    {
        EvaluationRequest? seen = null;
        var runtime = new FakeRuntime
        {
            Evaluate = (request, _) =>
            {
                seen = request;
                return Report;
            },
        };

        var run = await CommandRun.OfAsync(
            runtime,
            [
                "evaluate", "echo", "--data", "d", "--split", "valid", "--methods", "plain,double", "--set", "size=4", "rate=4e-5",
                "--set", "bundle=a=b", "--seed", "7", "--rows", "r.csv", "--base", "none", "--bundle", "x",
            ]);

        Assert.Equal(0, run.ExitCode);
        Assert.NotNull(seen);
        Assert.Equal(("echo", "d", "valid", 7, "r.csv"), (seen.Task, seen.Data, seen.Split, seen.Seed, seen.RowsPath));
        Assert.Equal(["plain", "double"], seen.Methods);
        Assert.Equal(["bundle=a=b", "rate=4e-5", "size=4"], seen.Settings.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("none", run.Options!.Base);
        Assert.Equal([Path.GetFullPath("x")], run.Options.Bundles);
    }

    [Theory]
    [InlineData("all", "")]
    [InlineData("ablation", "ablation")]
    [InlineData("all,ablation", "ablation")]
    [InlineData("plain, double,plain", "plain double")]
    public async Task Methods_are_read_as_documented(string given, string expected)
    {
        IReadOnlyList<string>? seen = null;
        var runtime = new FakeRuntime
        {
            Evaluate = (request, _) =>
            {
                seen = request.Methods;
                return Report;
            },
        };

        await CommandRun.OfAsync(runtime, "evaluate", "echo", "--methods", given);

        Assert.Equal(expected, string.Join(' ', seen!));
    }

    [Fact]
    public async Task An_unknown_task_gives_3() =>
        Assert.Equal(3, (await CommandRun.OfAsync(new(), "evaluate", "nope")).ExitCode);

    [Fact]
    public async Task Output_is_one_json_document_for_every_verb_that_offers_it()
    {
        var runtime = new FakeRuntime { Evaluate = (_, _) => Report };

        foreach (var arguments in new string[][]
        {
            ["tasks"], ["tasks", "list"], ["tasks", "show", "echo"], ["datasets"], ["datasets", "list"], ["datasets", "show", "MADE-UP"],
            ["plugins"], ["plugins", "list"], ["models"], ["models", "list"], ["evaluate", "echo"], ["doctor"],
        })
        {
            var run = await CommandRun.OfAsync(runtime, [.. arguments, "--output", "json"]);
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(run.Output).RootElement.ValueKind);
        }
    }

    private static Dictionary<string, double> Metrics(double error, double hits) => new() { ["error"] = error, ["hits"] = hits };
}
