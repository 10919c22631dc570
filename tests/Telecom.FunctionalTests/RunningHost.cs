using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Access;
using Telecom.Host.Commands;
using Telecom.Host.Terminal;
using Telecom.Runtime;

namespace Telecom.FunctionalTests;

/// <summary><c>telecom serve</c> in this process: real runtime, staged plugin folders, a free port, a state folder of its own.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task<int> running;
    private bool isStopped;

    private RunningHost(string stateFolder, IConfiguration? settings, LineWriter output)
    {
        StateFolder = stateFolder;
        string[] arguments = ["serve", "--urls", "http://127.0.0.1:0", "--state", stateFolder];
        running = Run(arguments, output, TextWriter.Null, string.Empty, stop.Token, started => Runtime = started, settings);
    }

    /// <summary>Client of this host with its first key, which may do everything.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The runtime behind the host, for what HTTP does not show.</summary>
    public TelecomRuntime Runtime { get; private set; } = null!;

    /// <summary>Lines printed at start.</summary>
    public IReadOnlyList<string> Greeting { get; private set; } = [];

    public string StateFolder { get; }

    public static async Task<RunningHost> StartAsync(string stateFolder, params (string Name, string Value)[] settings)
    {
        var output = new LineWriter();

        // The client of the tests has a key and would be told to wait; a test of the limits sets its own.
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Access:RequestsPerSecond", "100000"), new("Access:Burst", "1000000")])
            .AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value)).Build();
        var host = new RunningHost(stateFolder, configuration, output);

        // Two lines: where it listens, and a request that works. A host that fails to start ends instead.
        var greeting = ReadAsync(output, 2);
        if (await Task.WhenAny(greeting, host.running) == host.running)
        {
            throw new InvalidOperationException($"The host ended with exit code {await host.running}.");
        }

        host.Greeting = await greeting;
        host.Client = new HttpClient { BaseAddress = new Uri(host.Greeting[0].Split(' ')[2]) };
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(stateFolder, BootstrapKey.FileName))).Trim());
        return host;
    }

    /// <summary>Runs one verb with the real runtime.</summary>
    internal static Task<int> Run(
        string[] arguments,
        TextWriter output,
        TextWriter error,
        string input,
        CancellationToken cancellationToken,
        Action<TelecomRuntime>? started = null,
        IConfiguration? settings = null)
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
            StartRuntime = async (options, loggers, time, token) =>
            {
                var runtime = await TelecomRuntime.StartAsync(options, loggers, time, token);
                started?.Invoke(runtime);
                return runtime;
            },
            Settings = settings,
            FirstPartyPlugins = Path.Combine(AppContext.BaseDirectory, "plugins"),
        };
        return Task.Run(() => CommandLine.RunAsync(arguments, shell, cancellationToken), CancellationToken.None);
    }

    /// <returns>The exit code of <c>serve</c>.</returns>
    public async Task<int> StopAsync()
    {
        isStopped = true;
        await stop.CancelAsync();
        return await running;
    }

    public async ValueTask DisposeAsync()
    {
        if (!isStopped)
        {
            await StopAsync();
        }

        Client.Dispose();
        stop.Dispose();
    }

    private static async Task<List<string>> ReadAsync(LineWriter output, int count)
    {
        var lines = new List<string>();
        while (lines.Count < count)
        {
            lines.Add(await output.Lines.Reader.ReadAsync());
        }

        return lines;
    }

    private sealed class LineWriter : TextWriter
    {
        private readonly StringBuilder line = new();

        public Channel<string> Lines { get; } = Channel.CreateUnbounded<string>();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value == '\n')
            {
                Lines.Writer.TryWrite(line.ToString().TrimEnd('\r'));
                line.Clear();
            }
            else
            {
                line.Append(value);
            }
        }
    }
}
