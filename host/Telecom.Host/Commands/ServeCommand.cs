using System.CommandLine;
using System.Text.Json;
using Telecom.Host.Access;
using Telecom.Host.Rest;
using Telecom.Host.Terminal;
using Telecom.Jobs.Storage;
using Telecom.Runtime;

namespace Telecom.Host.Commands;

/// <summary><c>serve</c>, also without its name: runs the host until it is interrupted.</summary>
internal static class ServeCommand
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    public static void AddTo(RootCommand root, HostOptions host, Shell shell)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Addresses to listen on, separated by semicolons; port 0 takes a free one.",
            HelpName = "URLS",
            DefaultValueFactory = _ => DefaultUrl,
        };
        var anonymous = new Option<bool>("--allow-anonymous") { Description = "Lets other machines read and predict without a key." };
        var serve = new Command("serve", "Runs the host; the default verb.") { urls, anonymous };
        serve.SetAction(RunAsync);
        root.Add(serve);

        root.Add(urls);
        root.Add(anonymous);
        root.SetAction(RunAsync);

        async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            var addresses = ServeAddresses.Parse(parse.GetRequiredValue(urls)) with { AllowsAnonymous = parse.GetValue(anonymous) };
            using var loggers = shell.CreateLoggers(LogLevel.Information);
            await using var store = TelecomStore.Open(Path.Combine(host.Read(parse).StateDirectory, StateFolder.Store), shell.Time);
            await using var runtime = await shell.StartRuntime(host.Read(parse) with { WarmUp = true, WatchPlugins = true }, loggers, shell.Time, cancellationToken);
            await using var recorder = new PredictionRecorder(store, new(), shell.Time, loggers.CreateLogger<PredictionRecorder>());
            await using var application = HostApplication.Build(addresses, runtime, store, recorder, loggers, shell.Time, shell.Settings);
            await application.StartAsync(cancellationToken);
            await AnnounceKeysAsync(application, host.Read(parse).StateDirectory, shell, cancellationToken);
            Announce(shell, runtime, [.. application.Urls]);
            await WaitAsync(cancellationToken);

            // Requests that run are answered before the recorder is flushed and the runtime goes, in the reverse order of the lines above.
            await application.StopAsync(CancellationToken.None);
            return ExitCodes.Ok;
        }
    }

    private static Task AnnounceKeysAsync(WebApplication application, string stateFolder, Shell shell, CancellationToken cancellationToken) =>
        BootstrapKey.AnnounceAsync(
            application.Services.GetRequiredService<KeyRing>(),
            stateFolder,
            !application.Services.GetRequiredService<AccessPolicy>().AllowsAnonymous,
            shell.Time,
            shell.Error,
            cancellationToken);

    private static void Announce(Shell shell, ITelecomRuntime runtime, IReadOnlyList<string> urls)
    {
        foreach (var url in urls)
        {
            shell.Output.WriteLine($"Listening on {url} (interface: {url}/openapi/v1.json)");
        }

        if (runtime.Tasks is [var task, ..])
        {
            var example = task.Example.ToJsonString(JsonSerializerOptions.Web).Replace("'", "'\\''", StringComparison.Ordinal);
            shell.Output.WriteLine($"Try: curl -s {urls[0]}/api/v1/tasks/{task.Id}/predictions -H 'Content-Type: application/json' -d '{example}'");
        }
        else
        {
            shell.Output.WriteLine("No task is loaded: 'telecom plugins' says why.");
        }

        shell.Output.Flush();
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
    }
}
