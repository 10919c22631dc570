using System.Text.Json.Nodes;
using Telecom.Host.Tests.Fakes;

namespace Telecom.Host.Tests;

public sealed class PredictCommandTests
{
    private static Task<CommandRun> PredictAsync(string input, params string[] more) =>
        CommandRun.OfAsync(new(), input, CancellationToken.None, ["predict", "echo", "--input", "-", .. more]);

    [Fact]
    public async Task One_request_gives_one_envelope()
    {
        var run = await PredictAsync("""{"x":1.5}""", "--method", "plain");

        Assert.Equal(0, run.ExitCode);
        var expected = JsonNode.Parse(
            """
            {"id":"01959d8c-0000-7000-8000-000000000001","task":"echo","method":"plain","bundle":null,"base":null,"adapter":null,
             "createdAt":"2026-03-01T12:00:00.000000Z","elapsedMs":0.5,"output":{"y":3},"fallback":null}
            """);
        Assert.Equal(expected!.ToJsonString(), JsonNode.Parse(run.Output)!.ToJsonString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public async Task An_array_gives_its_answers_in_order(int count)
    {
        var run = await PredictAsync($"[{string.Join(',', Enumerable.Range(0, count).Select(x => $$"""{"x":{{x}}}"""))}]");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            Enumerable.Range(0, count).Select(x => 2.0 * x),
            JsonNode.Parse(run.Output)!.AsArray().Select(answer => (double)answer!["output"]!["y"]!));
    }

    [Fact]
    public async Task A_byte_order_mark_is_tolerated() =>
        Assert.Equal(0, (await PredictAsync("\uFEFF{\"x\":1}")).ExitCode);

    [Theory]
    [InlineData("""[{"x":1},{"x":-1},{"x":-2}]""", "/1/x: must not be negative. /2/x: must not be negative.\n")]
    [InlineData("""{"x":-1}""", "/x: must not be negative.\n")]
    [InlineData("", "The request is empty; it must be a JSON object or an array of them.\n")]
    [InlineData("[{\"x\":1},\n {\"x\"", "The request is not valid JSON (line 2, byte 6).\n")]
    [InlineData("[] []", "The request is not valid JSON (line 1, byte 4).\n")]
    public async Task Rejected_requests_give_5_and_name_index_and_field(string input, string error)
    {
        var run = await PredictAsync(input);

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(error, run.Error);
        Assert.Equal(string.Empty, run.Output);
    }

    [Theory]
    [InlineData("predict", "nope", "--input", "-")]
    [InlineData("predict", "echo", "--method", "nope", "--input", "-")]
    [InlineData("predict", "echo", "--input", "no-such-file.json")]
    [InlineData("predict", "echo", "--input", "-", "--plugins", "no-such-folder")]
    public async Task Unknown_names_give_3(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(new(), """{"x":1}""", CancellationToken.None, arguments);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(string.Empty, run.Output);
    }
}
