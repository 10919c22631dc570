using System.Text;
using Telecom.Host.Commands;
using Telecom.Host.Terminal;
using Telecom.Runtime;

namespace Telecom.Host;

internal static class Program
{
    private static readonly bool IsDebugging = Environment.GetEnvironmentVariable("TELECOM_DEBUG") == "1";

    private static async Task<int> Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var interrupts = new Interrupts();
        var settings = NativeSettings.ReadAll();
        var shell = new Shell
        {
            Output = Console.Out,
            Error = Console.Error,
            OpenInput = Console.OpenStandardInput,
            IsOutputTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Time = TimeProvider.System,
            CreateLoggers = CreateLoggers,
            StartRuntime = async (options, loggers, time, token) => await TelecomRuntime.StartAsync(options, loggers, time, token),
            Native = NativeSettings.Read(settings),
            Settings = settings,
            IsDebugging = IsDebugging,
            FirstPartyPlugins = Path.Combine(AppContext.BaseDirectory, "plugins"),
        };
        return await CommandLine.RunAsync(arguments, shell, interrupts.Token);
    }

    private static ILoggerFactory CreateLoggers(LogLevel minimum) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(IsDebugging ? LogLevel.Debug : minimum)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .AddSimpleConsole(format => format.SingleLine = true));
}
