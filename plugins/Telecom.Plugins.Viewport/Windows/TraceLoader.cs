using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Viewport.Windows;

/// <summary>Finds the dataset a user means and reads one split of it; the benchmark and the trainers get their traces here.</summary>
internal static class TraceLoader
{
    /// <summary>Generated dataset that stands in when no data are named.</summary>
    public const string SampleDataset = "head-motion";

    private const string SampleFolder = "HeadMotion";

    /// <summary>Reads one split.</summary>
    /// <param name="source">What the user named.</param>
    /// <param name="split">Named split.</param>
    /// <param name="settings">Holds at least <see cref="ViewportSettings.Data"/>.</param>
    /// <param name="seed">Seed of a generated dataset.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/> for an unknown dataset, <see cref="ErrorCode.DataRejected"/> for damaged files and for a split without
    /// traces.
    /// </exception>
    public static async ValueTask<LoadedTraces> ReadAsync(
        DataSource source, string split, SettingValues settings, int seed, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        var (name, dataset) = Resolve(source, settings.Text(ViewportSettings.DatasetName), notes);
        var known = dataset.Descriptor.Settings.Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
        var shared = ViewportSettings.Data.Select(setting => setting.Name).Where(known.Contains);
        var query = new DatasetQuery
        {
            Path = source.Path,
            Split = split,
            Settings = shared.ToDictionary(setting => setting, settings.Text, StringComparer.Ordinal),
            Seed = seed,
        };
        var traces = new List<ViewportTrace>();
        await foreach (var trace in dataset.ReadAsync(query, cancellationToken).ConfigureAwait(false))
        {
            traces.Add(trace);
        }

        if (traces.Count > 0)
        {
            return new(name, traces, notes);
        }

        var where = source.Path is { } path ? $" in '{path}'" : string.Empty;
        throw new TelecomException(
            ErrorCode.DataRejected, $"The split '{split}' of {name} holds no traces{where}. Check the files, splits.json and the settings.");
    }

    private static (string Name, IDataset<ViewportTrace> Dataset) Resolve(DataSource source, string wanted, List<string> notes)
    {
        if (source.DatasetId is { } id)
        {
            return (id, source.Catalog.Get<ViewportTrace>(id));
        }

        if (source.Path is not { } root)
        {
            return (SampleDataset, source.Catalog.Get<ViewportTrace>(SampleDataset));
        }

        if (wanted == ViewportSettings.DefaultDataset && HoldsOnlySamples(root))
        {
            notes.Add($"The data root holds {SampleFolder} instead of {wanted}: generated traces are scored.");
            wanted = SampleFolder;
        }

        return (wanted, source.Catalog.Get<ViewportTrace>(IdOf(source.Catalog, wanted)));
    }

    // A root written by the generator needs no setting to be read back.
    private static bool HoldsOnlySamples(string root) =>
        Directory.Exists(Path.Combine(root, SampleFolder)) && !Directory.Exists(Path.Combine(root, ViewportSettings.DefaultDataset));

    // Folders carry the names of the publications (Jin2022, HeadMotion), ids are kebab-case.
    private static string IdOf(IDatasetCatalog catalog, string wanted) =>
        catalog.All.Select(dataset => dataset.Descriptor.Id).FirstOrDefault(id => Plain(id) == Plain(wanted)) ?? wanted;

    private static string Plain(string name) => name.Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
}
