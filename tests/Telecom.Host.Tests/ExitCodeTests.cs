using Telecom.Host.Tests.Fakes;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("nope")]
    [InlineData("evaluate")]
    [InlineData("evaluate", "echo", "--nope")]
    [InlineData("evaluate", "echo", "--output", "xml")]
    [InlineData("evaluate", "echo", "--seed", "x")]
    [InlineData("evaluate", "echo", "--set")]
    [InlineData("evaluate", "echo", "--set", "size")]
    [InlineData("evaluate", "echo", "--set", "=3")]
    [InlineData("train", "echo")]
    [InlineData("predict", "echo")]
    [InlineData("plugins", "pack", "somewhere")]
    [InlineData("datasets", "generate", "made-up")]
    [InlineData("serve", "--urls", "ftp://127.0.0.1:5080")]
    [InlineData("serve", "--urls", "127.0.0.1")]
    [InlineData("serve", "--urls", ";")]
    public async Task Wrong_usage_gives_2_and_one_line_on_standard_error(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(new(), arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(string.Empty, run.Output);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Help_goes_to_standard_output_and_gives_0()
    {
        var run = await CommandRun.OfAsync(new(), "evaluate", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--methods", run.Output, StringComparison.Ordinal);
        Assert.Equal(string.Empty, run.Error);
    }

    [Theory]
    [InlineData(ErrorCode.InvalidInput, 2)]
    [InlineData(ErrorCode.NotFound, 3)]
    [InlineData(ErrorCode.DataRejected, 5)]
    [InlineData(ErrorCode.CheckpointInvalid, 5)]
    [InlineData(ErrorCode.BundleInvalid, 5)]
    [InlineData(ErrorCode.PluginFault, 1)]
    [InlineData(ErrorCode.NativeLibrary, 1)]
    [InlineData(ErrorCode.Untrained, 1)]
    public async Task A_failure_with_a_code_gives_its_exit_code_and_its_message_alone(ErrorCode code, int exitCode)
    {
        var runtime = new FakeRuntime { Evaluate = (_, _) => throw new TelecomException(code, "File f, line 3: bad.\nReally.") };

        var run = await CommandRun.OfAsync(runtime, "evaluate", "echo", "--output", "json");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal("File f, line 3: bad. Really.\n", run.Error);
        Assert.Equal(string.Empty, run.Output);
        Assert.True(runtime.IsDisposed);
    }

    [Fact]
    public async Task An_unexpected_failure_gives_1_without_a_stack_trace()
    {
        var runtime = new FakeRuntime { Evaluate = (_, _) => throw new InvalidOperationException("broken") };

        var run = await CommandRun.OfAsync(runtime, "evaluate", "echo");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("Unexpected failure: broken (InvalidOperationException; TELECOM_DEBUG=1 shows where).\n", run.Error);
    }

    [Fact]
    public async Task Interruption_gives_130()
    {
        using var cancellation = new CancellationTokenSource();
        var runtime = new FakeRuntime
        {
            Evaluate = (_, token) =>
            {
                cancellation.Cancel();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("The token of the command line did not arrive.");
            },
        };

        var run = await CommandRun.OfAsync(runtime, string.Empty, cancellation.Token, "evaluate", "echo");

        Assert.Equal(130, run.ExitCode);
        Assert.Equal("Interrupted.\n", run.Error);
    }
}
