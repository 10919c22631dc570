using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Runtime;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;

namespace Telecom.Sdk.Testing;

/// <summary>
/// A plugin folder in a host of its own: loaded from a copy by the loader that <c>telecom serve</c> has, and answered by the same lanes and executor. No
/// network, no web server; a temporary state folder.
/// </summary>
/// <remarks>Whoever keeps a task, dataset or record of the plugin keeps the plugin in memory: drop them before <see cref="AssertUnloadsAsync"/>.</remarks>
public sealed partial class PluginHarness : IAsyncDisposable
{
    private const string PluginDirectory = "plugins";

    private readonly DirectoryInfo root;
    private readonly TelecomRuntime runtime;

    private PluginHarness(DirectoryInfo root, TelecomRuntime runtime, PluginRecord record)
    {
        this.root = root;
        this.runtime = runtime;
        PluginId = record.Id;
        Version = record.Version!;
        Warnings = record.Warnings;
    }

    /// <summary>Id of the plugin.</summary>
    public string PluginId { get; }

    /// <summary>Version of its manifest.</summary>
    public string Version { get; }

    /// <summary>Oddities that did not keep it from loading; empty for a plugin as it should be.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Tasks of all plugins here, ordered by id.</summary>
    public IReadOnlyList<TaskDefinition> Tasks => runtime.Tasks;

    /// <summary>Datasets of all plugins here.</summary>
    public IDatasetCatalog Datasets => runtime.Datasets;

    /// <summary>The host, for whatever else it can do: tensors, evaluations, training.</summary>
    public ITelecomRuntime Runtime => runtime;

    /// <summary>Loads a plugin folder with the shipped base.</summary>
    /// <inheritdoc cref="LoadFolderAsync(string, HarnessOptions, CancellationToken)"/>
    public static Task<PluginHarness> LoadFolderAsync(string folder, CancellationToken cancellationToken = default) =>
        LoadFolderAsync(folder, new HarnessOptions(), cancellationToken);

    /// <summary>Loads a plugin folder.</summary>
    /// <param name="folder">The folder as it is dropped into a host: manifest, DLLs, model; its name is the plugin's id.</param>
    /// <param name="options">What to test it in.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>The running host; the caller disposes it.</returns>
    /// <exception cref="PluginTestException">A host would refuse the folder; the text is that of <c>telecom plugins verify</c>.</exception>
    public static async Task<PluginHarness> LoadFolderAsync(string folder, HarnessOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        var root = Directory.CreateTempSubdirectory("telecom-harness-");
        try
        {
            // From a folder of its own: what lies beside the author's build must not help.
            var plugin = Copy(folder, root);
            foreach (var other in options.With)
            {
                Copy(other, root);
            }

            var record = await VerifyAsync(plugin, options.Time, cancellationToken).ConfigureAwait(false);
            var runtime = await StartAsync(root, options, cancellationToken).ConfigureAwait(false);
            var harness = new PluginHarness(root, runtime, record);
            try
            {
                harness.RequireActive();
                return harness;
            }
            catch
            {
                await runtime.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch
        {
            Delete(root);
            throw;
        }
    }

    /// <summary>Answers a request as the host does.</summary>
    /// <param name="task">Task id.</param>
    /// <param name="requestJson">One request document.</param>
    /// <param name="method">Method id; null for the task's default.</param>
    /// <param name="cancellationToken">Takes the request out of the queue.</param>
    /// <returns>The answer document of the task as JSON.</returns>
    /// <exception cref="TelecomException">Not found, invalid input, plugin fault and the other refusals of a host.</exception>
    public async Task<string> PredictAsync(string task, string requestJson, string? method = null, CancellationToken cancellationToken = default)
    {
        var answer = await runtime
            .PredictAsync(task, new PredictionOptions { Method = method }, Encoding.UTF8.GetBytes(requestJson), cancellationToken)
            .ConfigureAwait(false);
        return Encoding.UTF8.GetString(answer.Output.Span);
    }

    /// <summary>Lets every task of the plugin answer its own example by its default method.</summary>
    /// <exception cref="PluginTestException">An example is not answered.</exception>
    public async Task AssertExamplesWorkAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (task, example) in Examples())
        {
            try
            {
                await PredictAsync(task, example, null, cancellationToken).ConfigureAwait(false);
            }
            catch (TelecomException exception)
            {
                throw new PluginTestException(
                    $"The example of the task is not answered: {exception.Message}",
                    $"plugin {PluginId}, task {task}",
                    "Everybody who tries the task begins with it: give one that its default method answers.",
                    exception);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await runtime.DisposeAsync().ConfigureAwait(false);
        Delete(root);
    }

    private static async Task<PluginRecord> VerifyAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var record = (await PluginVerifier.VerifyAsync(folder, time, cancellationToken).ConfigureAwait(false))[0];
        return record.State is PluginState.Active
            ? record
            : throw new PluginTestException($"A host refuses it ({record.Error}).", $"plugin folder {Path.GetFileName(folder)}", record.Reason ?? string.Empty);
    }

    private static Task<TelecomRuntime> StartAsync(DirectoryInfo root, HarnessOptions options, CancellationToken cancellationToken)
    {
        var tiny = Path.Combine(root.FullName, "base");
        if (options.Base == HarnessOptions.TinyBase)
        {
            FakeBase.Save(tiny);
        }

        var host = new RuntimeOptions
        {
            PluginDirectories = [Path.Combine(root.FullName, PluginDirectory)],
            StateDirectory = Path.Combine(root.FullName, "state"),
            Base = options.Base == HarnessOptions.TinyBase ? tiny : options.Base,
            Bundles = options.Bundles,
            Device = "cpu",
            Threads = options.Threads,
            WatchPlugins = true,
        };
        return TelecomRuntime.StartAsync(host, NullLoggerFactory.Instance, options.Time, cancellationToken);
    }

    private static string Copy(string folder, DirectoryInfo root)
    {
        if (!Directory.Exists(folder))
        {
            throw new PluginTestException(
                "There is no such folder.", folder, "Build the plugin first, and name the folder with its plugin.json, e.g. <output>/plugins/<id>.");
        }

        var target = Path.Combine(root.FullName, PluginDirectory, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    private static void Delete(DirectoryInfo root)
    {
        try
        {
            root.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps the files of a plugin that stayed in memory open; the system clears its temporary folder.
        }
    }

    private void RequireActive()
    {
        foreach (var plugin in runtime.Plugins.Where(plugin => plugin.State != nameof(PluginState.Active)))
        {
            throw new PluginTestException(
                $"It does not serve: it is {plugin.State} ({plugin.Code}).", $"plugin {plugin.Id}", plugin.Reason ?? string.Empty);
        }
    }

    // Texts only: a definition that somebody holds is the plugin in memory.
    private List<(string Task, string Example)> Examples()
    {
        var own = runtime.Plugins.Where(plugin => plugin.Id == PluginId).SelectMany(plugin => plugin.Tasks).ToHashSet(StringComparer.Ordinal);
        return [.. runtime.Tasks.Where(task => own.Contains(task.Id)).Select(task => (task.Id, task.Example.ToJsonString()))];
    }
}
