using System.CommandLine;
using Telecom.Host.Rest;
using Telecom.Host.Terminal;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>openapi</c>: writes the descriptions of the interfaces with the plugins that come with the host, the same on every machine.</summary>
internal static class OpenApiCommand
{
    private static readonly string[] Documents = ["v1", "oip"];

    public static Command Create(HostOptions host, Shell shell)
    {
        var output = new Option<string>("--out")
        {
            Description = "Folder for v1.json and oip.json.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("docs", "openapi"),
        };
        var command = new Command("openapi", "Writes the OpenAPI descriptions of the interfaces, with the plugins that come with the host.") { output };
        command.SetAction((parse, cancellationToken) => RunAsync(host, shell, parse, parse.GetRequiredValue(output), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(HostOptions host, Shell shell, ParseResult parse, string folder, CancellationToken cancellationToken)
    {
        // Neither plugins nor anything else of the user shall be in the documents.
        var state = Directory.CreateTempSubdirectory("telecom-openapi-");
        try
        {
            using var loggers = shell.CreateLoggers(LogLevel.Error);
            await using var store = TelecomStore.Open(Path.Combine(state.FullName, StateFolder.Store), shell.Time);
            var options = host.Read(parse) with { StateDirectory = state.FullName, PluginDirectories = [shell.FirstPartyPlugins] };
            await using var runtime = await shell.StartRuntime(options, loggers, shell.Time, cancellationToken);
            await using var recorder = new PredictionRecorder(store, new(), shell.Time, loggers.CreateLogger<PredictionRecorder>());
            await using var application = HostApplication.Build(ServeAddresses.Parse("http://127.0.0.1:0"), runtime, store, recorder, loggers, shell.Time);
            await application.StartAsync(cancellationToken);
            await WriteAsync(new Uri(application.Urls.First()), folder, shell, cancellationToken);
            await application.StopAsync(CancellationToken.None);
            return ExitCodes.Ok;
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static async Task WriteAsync(Uri address, string folder, Shell shell, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = address };
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var document in Documents)
            {
                var text = await client.GetStringAsync(new Uri($"/openapi/{document}.json", UriKind.Relative), cancellationToken);
                var path = Path.Combine(folder, document + ".json");
                await File.WriteAllTextAsync(path, text.ReplaceLineEndings("\n") + "\n", cancellationToken);
                await shell.Output.WriteLineAsync(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"The folder {folder} cannot be written: {exception.Message}", exception);
        }
    }
}
