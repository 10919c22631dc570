using System.Runtime.CompilerServices;
using Telecom.Datasets.Abr.Synthetic;
using Telecom.Datasets.Abr.Traces;
using Telecom.Datasets.Abr.Videos;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Datasets.Abr;

/// <summary>Generated bandwidth traces: the sample set that needs no files, and a writer of a whole data root.</summary>
[ExportDataset(Id)]
public sealed class SynthDataset : IDataset<ThroughputTrace>, IDatasetWriter
{
    internal const string Id = "synth";

    /// <inheritdoc/>
    public DatasetDescriptor Descriptor { get; } = new()
    {
        Id = Id,
        Title = "Generated bandwidth traces, with a generated video",
        Origin = DatasetOrigin.Generated,
        Licence = "MIT",
        Source = "Piecewise constant capacity: lo ~ U(0.1, 0.8), hi ~ U(lo + 0.6, 5.5) Mbit/s, hold ~ {1..T} points with T ~ {1..8}, "
            + "gaps U(0.1, 3.5) s; seeded per trace",
        Layout = $"{TraceRoot.Folder}/<split>/<trace>, {AbrVideosDataset.Folder}/{SampleVideo.Name}/{VideoFolder.FilePrefix}<level>, "
            + StartPointerFile.FileName,
        Splits = SynthOptions.SplitNames,
        Settings = [.. SynthOptions.Settings, .. VideoOptions.Settings],
    };

    /// <inheritdoc/>
    /// <remarks>Without a path the traces are generated in memory; with one they are read back from files.</remarks>
    public IAsyncEnumerable<ThroughputTrace> ReadAsync(DatasetQuery query, CancellationToken cancellationToken)
    {
        var options = SynthOptions.From(SettingValues.Create(Descriptor.Settings, query.Settings));
        return query.Path is null ? GenerateAsync(query, options, cancellationToken) : TraceRoot.ReadAsync(query, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string directory, DatasetQuery query, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var settings = SettingValues.Create(Descriptor.Settings, query.Settings);
        var options = SynthOptions.From(settings);
        var video = SampleVideo.Create(VideoOptions.From(settings));
        var traces = Traces(options, query).ToList();
        AbrRootWriter.Guard(directory);
        Directory.CreateDirectory(directory);
        for (var i = 0; i < traces.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await AbrRootWriter.WriteTraceAsync(directory, traces[i], cancellationToken).ConfigureAwait(false);
            progress?.Report(new("writing traces", i + 1, traces.Count));
        }

        await AbrRootWriter.WriteVideoAsync(directory, video, cancellationToken).ConfigureAwait(false);
        await AbrRootWriter.WritePointersAsync(directory, traces, cancellationToken).ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<ThroughputTrace> GenerateAsync(
        DatasetQuery query, SynthOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var trace in Traces(options, query))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return trace;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    private static IEnumerable<ThroughputTrace> Traces(SynthOptions options, DatasetQuery query)
    {
        if (query.Split is { } wanted && !options.Traces.ContainsKey(wanted))
        {
            throw new TelecomException(
                ErrorCode.DataRejected, $"{Id} has no split '{wanted}'. Its splits: {string.Join(", ", SynthOptions.SplitNames)}.");
        }

        var model = new SynthModel(options.Seconds, query.Seed);
        return SynthOptions.SplitNames
            .Where(split => query.Split is null || query.Split == split)
            .SelectMany(split => Enumerable.Range(0, options.Traces[split]).Select(index => model.Trace(split, index)));
    }
}
