using System.Composition;
using System.Composition.Hosting;
using System.Reflection;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Plugins;

/// <summary>The parts of one plugin, composed over its own assemblies only.</summary>
internal sealed class PluginComposition : IDisposable
{
    private readonly CompositionHost container;
    private readonly List<IDisposable> exports = [];
    private readonly List<TaskDefinition> tasks = [];
    private readonly List<IDataset> datasets = [];

    private PluginComposition(CompositionHost container) => this.container = container;

    /// <summary>Definitions of the exported tasks, ordered by id.</summary>
    public IReadOnlyList<TaskDefinition> Tasks => tasks;

    /// <summary>The exported datasets, ordered by id.</summary>
    public IReadOnlyList<IDataset> Datasets => datasets;

    /// <summary>Composes the plugin and checks its exports against the manifest before any part is constructed.</summary>
    /// <param name="assemblies">Assemblies to look for exports in.</param>
    /// <param name="manifest">What the plugin promises.</param>
    /// <param name="loaded">Describes what the load context loaded, for the refusal.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NoExports"/> when exports and manifest disagree, <see cref="ErrorCode.PluginFault"/> when a part fails.
    /// </exception>
    public static PluginComposition Create(IReadOnlyList<Assembly> assemblies, PluginManifest manifest, Func<IEnumerable<string>> loaded)
    {
        var composition = new PluginComposition(new ContainerConfiguration().WithAssemblies(assemblies).CreateContainer());
        try
        {
            composition.Fill(manifest, loaded);
            return composition;
        }
        catch
        {
            composition.Dispose();
            throw;
        }
    }

    /// <summary>Releases the parts, then the container.</summary>
    public void Dispose()
    {
        tasks.Clear();
        datasets.Clear();
        exports.ForEach(export => export.Dispose());
        exports.Clear();
        container.Dispose();
    }

    private void Fill(PluginManifest manifest, Func<IEnumerable<string>> loaded)
    {
        var taskFactories = container.GetExports<ExportFactory<ITask, ExportMetadata>>().ToList();
        var datasetFactories = container.GetExports<ExportFactory<IDataset, ExportMetadata>>().ToList();
        var disagreements = Disagreements("task", "ExportTask", manifest.TaskIds, taskFactories.Select(factory => factory.Metadata.Id))
            .Concat(Disagreements("dataset", "ExportDataset", manifest.DatasetIds, datasetFactories.Select(factory => factory.Metadata.Id)))
            .ToList();
        if (taskFactories.Count + datasetFactories.Count == 0)
        {
            disagreements.Insert(0, "No class is exported with [ExportTask] or [ExportDataset].");
        }

        if (disagreements.Count > 0)
        {
            throw new TelecomException(ErrorCode.NoExports, $"{string.Join(' ', disagreements)} Loaded: {string.Join("; ", loaded())}.");
        }

        foreach (var factory in taskFactories.OrderBy(factory => factory.Metadata.Id, StringComparer.Ordinal))
        {
            tasks.Add(Construct(factory, $"task '{factory.Metadata.Id}'", task => task.Define()));
        }

        foreach (var factory in datasetFactories.OrderBy(factory => factory.Metadata.Id, StringComparer.Ordinal))
        {
            datasets.Add(Construct(factory, $"dataset '{factory.Metadata.Id}'", dataset => CheckId(dataset, factory.Metadata.Id!)));
        }
    }

    private TResult Construct<TPart, TResult>(ExportFactory<TPart, ExportMetadata> factory, string what, Func<TPart, TResult> use)
    {
        try
        {
            var export = factory.CreateExport();
            exports.Add(export);
            return use(export.Value);
        }
        catch (Exception exception) when (exception is not TelecomException)
        {
            var cause = PluginFaults.Unwrap(exception);
            throw new TelecomException(ErrorCode.PluginFault, $"The {what} could not be set up: {PluginFaults.Describe(cause)}", cause);
        }
    }

    private static IDataset CheckId(IDataset dataset, string id) => dataset.Descriptor.Id == id
        ? dataset
        : throw new TelecomException(
            ErrorCode.NoExports,
            $"{dataset.GetType()} is exported as dataset '{id}', but its descriptor says '{dataset.Descriptor.Id}': give both the same id.");

    private static IEnumerable<string> Disagreements(string kind, string attribute, IEnumerable<string> promised, IEnumerable<string?> exported)
    {
        var names = exported.ToList();
        if (names.Contains(null))
        {
            yield return $"A {kind} is exported without an id: mark it with [{attribute}(\"id\")].";
        }

        foreach (var name in names.OfType<string>().GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return $"The {kind} '{name}' is exported twice.";
        }

        foreach (var name in promised.Except(names.OfType<string>()))
        {
            yield return $"The manifest lists the {kind} '{name}', which no class exports.";
        }

        foreach (var name in names.OfType<string>().Except(promised).Distinct())
        {
            yield return $"The {kind} '{name}' is exported but missing from the manifest's tasks.";
        }
    }
}
