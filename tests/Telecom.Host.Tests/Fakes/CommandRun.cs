using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Commands;
using Telecom.Host.Terminal;
using Telecom.Runtime;

namespace Telecom.Host.Tests.Fakes;

/// <summary>One run of the command line in this process, with what it printed.</summary>
internal sealed class CommandRun
{
    private CommandRun(int exitCode, string output, string error, RuntimeOptions? options)
    {
        ExitCode = exitCode;
        Output = output;
        Error = error;
        Options = options;
    }

    public int ExitCode { get; }

    public string Output { get; }

    public string Error { get; }

    /// <summary>What the runtime was started with; null when it was not.</summary>
    public RuntimeOptions? Options { get; }

    public static Task<CommandRun> OfAsync(FakeRuntime runtime, params string[] arguments) =>
        OfAsync(runtime, string.Empty, CancellationToken.None, arguments);

    public static async Task<CommandRun> OfAsync(FakeRuntime runtime, string input, CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var state = Directory.CreateTempSubdirectory("telecom-host-");
        RuntimeOptions? options = null;
        try
        {
            var shell = new Shell
            {
                Output = output,
                Error = error,
                OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
                IsOutputTerminal = false,
                IsErrorTerminal = false,
                Time = TimeProvider.System,
                CreateLoggers = _ => NullLoggerFactory.Instance,
                StartRuntime = (given, _, _, _) =>
                {
                    options = given;
                    return Task.FromResult<ITelecomRuntime>(runtime);
                },
                FirstPartyPlugins = Path.Combine(AppContext.BaseDirectory, "plugins"),
            };
            string[] all = arguments.Contains("--state") ? arguments : [.. arguments, "--state", state.FullName];
            var exitCode = await CommandLine.RunAsync(all, shell, cancellationToken);
            return new(exitCode, output.ToString(), error.ToString(), options);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }
}
