using System.Runtime.CompilerServices;
using Telecom.Datasets.Viewport.HeadMotion;
using Telecom.Datasets.Viewport.HeadTraces;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Datasets.Viewport;

/// <summary>Generated head motion: the sample set that needs no files, and a writer of the same traces in the layout of the measured ones.</summary>
[ExportDataset(Id)]
public sealed class HeadMotionDataset : IDataset<ViewportTrace>, IDatasetWriter
{
    internal const string Id = "head-motion";
    internal const string Folder = "HeadMotion";

    private readonly HeadTraceReader reader = new(new(Id, Folder, new Dictionary<string, TraceSplit>(StringComparer.Ordinal)));

    /// <inheritdoc/>
    public DatasetDescriptor Descriptor { get; } = new()
    {
        Id = Id,
        Title = "Generated head motion in 360-degree video",
        Origin = DatasetOrigin.Generated,
        Licence = "MIT",
        Source = "Fixations joined by minimum-jerk saccades to targets around a front direction, Ornstein-Uhlenbeck tremor on every axis; "
            + "seeded per video and user",
        Layout = $"{Folder}/video<v>/5Hz/simple_5Hz_user<u>.csv: time_s, roll, pitch, yaw in degrees, no header; splits.json in the root",
        Splits = HeadMotionOptions.SplitNames,
        Settings = [.. HeadMotionOptions.Settings, .. HeadTraceReader.Settings],
    };

    /// <inheritdoc/>
    /// <remarks>Without a path the traces are generated in memory; with one they are read back from files.</remarks>
    public IAsyncEnumerable<ViewportTrace> ReadAsync(DatasetQuery query, CancellationToken cancellationToken)
    {
        var settings = SettingValues.Create(Descriptor.Settings, query.Settings);
        return query.Path is null ? GenerateAsync(query, settings, cancellationToken) : reader.ReadAsync(query, settings, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string directory, DatasetQuery query, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var settings = SettingValues.Create(Descriptor.Settings, query.Settings);
        var options = HeadMotionOptions.From(settings);
        var splits = Splits(options, query.Split, settings);
        var model = new HeadMotionModel(options, query.Seed);
        Directory.CreateDirectory(directory);
        await HeadMotionWriter.GuardAsync(directory, cancellationToken).ConfigureAwait(false);
        var total = splits.Values.Sum(split => split.Videos.Count * split.Users.Count);
        var done = 0;
        foreach (var (video, user) in splits.Values.SelectMany(Pairs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await HeadMotionWriter.WriteTraceAsync(directory, model.Trace(video, user), cancellationToken).ConfigureAwait(false);
            progress?.Report(new("writing traces", ++done, total));
        }

        await HeadMotionWriter.WriteSplitsAsync(directory, splits, query.Seed, cancellationToken).ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<ViewportTrace> GenerateAsync(
        DatasetQuery query, SettingValues settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = HeadMotionOptions.From(settings);
        var model = new HeadMotionModel(options, query.Seed);
        foreach (var (video, user) in Splits(options, query.Split, settings).Values.SelectMany(Pairs))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return model.Trace(video, user);
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    private static IEnumerable<(int Video, int User)> Pairs(TraceSplit split) =>
        split.Videos.SelectMany(video => split.Users.Select(user => (video, user)));

    private static Dictionary<string, TraceSplit> Splits(HeadMotionOptions options, string? wanted, SettingValues settings)
    {
        if (wanted is null)
        {
            return Everything(options, settings);
        }

        return options.Splits.TryGetValue(wanted, out var split)
            ? new(StringComparer.Ordinal) { [wanted] = Filtered(split, settings, $"split '{wanted}' of {Id}") }
            : throw new TelecomException(
                ErrorCode.DataRejected, $"{Id} has no split '{wanted}'. Its splits: {string.Join(", ", options.Splits.Keys)}.");
    }

    private static TraceSplit Filtered(TraceSplit split, SettingValues settings, string where) => new(
        IdFilter.Apply(split.Videos, settings, "videos", where),
        IdFilter.Apply(split.Users, settings, "users", where));

    // Without a split a filter picks from all of them.
    private static Dictionary<string, TraceSplit> Everything(HeadMotionOptions options, SettingValues settings)
    {
        var splits = options.Splits.Values.ToList();
        var all = new TraceSplit([.. splits.SelectMany(split => split.Videos)], [.. splits.SelectMany(split => split.Users)]);
        var picked = Filtered(all, settings, Id);
        return options.Splits.ToDictionary(
            pair => pair.Key,
            pair => new TraceSplit([.. pair.Value.Videos.Where(picked.Videos.Contains)], [.. pair.Value.Users.Where(picked.Users.Contains)]),
            StringComparer.Ordinal);
    }
}
