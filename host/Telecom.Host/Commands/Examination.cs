using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;

namespace Telecom.Host.Commands;

/// <summary>One run of <c>doctor</c>: goes on after every finding, since the first failure is rarely the only one.</summary>
internal sealed class Examination(HostOptions host, Shell shell)
{
    public const string Ok = "ok";
    public const string Warning = "warning";
    public const string Error = "error";

    private readonly List<DoctorFinding> findings = [];

    public async Task<List<DoctorFinding>> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        ExamineNativeLibrary();
        if (Attempt("folders", "Name folders that exist and can be written with --state and --plugins.", () => host.Read(parse)) is { } options)
        {
            Add("state folder", Ok, options.StateDirectory);
            await ExamineStoreAsync(options);
            await ExamineRuntimeAsync(parse, cancellationToken);
        }

        return findings;
    }

    private void ExamineNativeLibrary()
    {
        const string Remedy =
            $"Point {NativeRuntimeOptions.LibTorchPathVariable} at the lib folder of a libtorch or PyTorch {NativeRuntime.LibTorchVersion}.";
        try
        {
            NativeRuntime.EnsureLoaded(shell.Native);
        }
        catch (TelecomException exception)
        {
            Add("native library", Error, exception.Message, Remedy);
            return;
        }

        var report = NativeRuntime.Report;
        Add(
            "native library",
            report.IsLoadedOnce ? Ok : Error,
            $"{report.Summary} libtorch: {string.Join(", ", report.MappedLibTorch)}; shim: {string.Join(", ", report.MappedShims)}",
            report.IsLoadedOnce ? null : "Two copies of libtorch are loaded: remove the one that a plugin brings.");
    }

    private async Task ExamineStoreAsync(RuntimeOptions options)
    {
        var path = Path.Combine(options.StateDirectory, StateFolder.Store);
        var store = Attempt("store", "Follow the message, or name another state folder with --state.", () => TelecomStore.Open(path));
        if (store is not null)
        {
            Add("store", Ok, store.Path);
            await store.DisposeAsync();
        }
    }

    private async Task ExamineRuntimeAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var loggers = shell.CreateLoggers(LogLevel.None);
        ITelecomRuntime runtime;
        try
        {
            runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
        }
        catch (TelecomException exception)
        {
            Add("runtime", Error, exception.Message, "Follow the message; --base and --device choose another base and device.");
            return;
        }

        await using (runtime)
        {
            var status = runtime.Status;
            Add("device", Ok, status.Device);
            Add("base", Ok, status.BaseFingerprint is { } fingerprint ? $"{status.BaseName}, fingerprint {fingerprint}" : status.BaseName);
            Add(
                "readiness",
                status.IsReady ? Ok : Error,
                status.IsReady ? "ready" : string.Join(' ', status.Reasons),
                status.IsReady ? null : "Follow the findings below.");
            ExaminePlugins(runtime);
            ExamineModels(runtime);
        }
    }

    private void ExaminePlugins(ITelecomRuntime runtime)
    {
        if (runtime.Plugins.Count == 0)
        {
            Add(
                "plugins",
                Error,
                $"No plugin folder was found in {shell.FirstPartyPlugins}.",
                "Build the host with its plugins, or name a folder with --plugins.");
        }

        foreach (var plugin in runtime.Plugins)
        {
            var isActive = plugin.Code is null;
            Add(
                $"plugin {plugin.Id}",
                isActive ? Ok : Error,
                isActive ? $"{plugin.Version}, {plugin.State}" : $"{plugin.State}, {plugin.Code!.Value.WireName()}: {plugin.Reason}",
                isActive ? null : $"Follow the message, check with 'telecom plugins verify {plugin.Folder}', or remove the folder.");
        }
    }

    private void ExamineModels(ITelecomRuntime runtime)
    {
        foreach (var model in runtime.Models)
        {
            var (status, remedy) = model.Status switch
            {
                "ready" => (Ok, null),
                "untrained" => (Warning, $"Train it: telecom train {model.Task} --method {model.Method}"),
                _ => (Error, $"Check its folder with 'telecom models verify {model.Folder}', then train again or remove it."),
            };
            Add($"model {model.Task}/{model.Method}", status, model.Reason ?? $"{model.Status}, version {model.Version}", remedy);
        }
    }

    private T? Attempt<T>(string area, string remedy, Func<T> attempt)
        where T : class
    {
        try
        {
            return attempt();
        }
        catch (TelecomException exception)
        {
            Add(area, Error, exception.Message, remedy);
            return null;
        }
    }

    private void Add(string area, string status, string message, string? remedy = null) => findings.Add(new(area, status, message, remedy));
}
