using System.Globalization;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>Finds the traces and videos a user means; benchmark, pools and training get their sessions here.</summary>
internal static class SessionLoader
{
    /// <summary>Generated traces that stand in when no data are named.</summary>
    public const string SampleDataset = "synth";

    /// <summary>Split that means the setting <c>set</c>.</summary>
    public const string TestSplit = "test";

    /// <summary>Reader of measured traces.</summary>
    public const string Traces = "abr-traces";

    private const string Videos = "abr-videos";
    private const string VideoFolder = "videos";

    /// <summary>Reads sessions.</summary>
    /// <param name="source">What the user named.</param>
    /// <param name="split">A set; <c>test</c> leaves the choice to the setting <c>set</c>.</param>
    /// <param name="settings">Holds <see cref="AbrSettings.Data"/> and <see cref="AbrSettings.Profile"/>.</param>
    /// <param name="seed">Seed of generated traces.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/> for an unknown dataset, <see cref="ErrorCode.DataRejected"/> for damaged files and sets without traces.
    /// </exception>
    public static async ValueTask<SessionSet> ReadAsync(
        DataSource source, string split, SettingValues settings, int seed, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        var profile = AbrSettings.ReadProfile(settings);
        var videos = await ReadVideosAsync(source, settings, notes, cancellationToken).ConfigureAwait(false);
        CheckFirstLevel(profile, videos);
        var sets = split == TestSplit ? AbrSettings.Names(settings, AbrSettings.Set) : [split];
        if (source.Path is null && split == TestSplit && sets is [AbrSettings.DefaultSet])
        {
            sets = [TestSplit];
        }

        var sessions = new List<SessionSpec>();
        foreach (var set in sets)
        {
            var links = await ReadLinksAsync(source, set, seed, cancellationToken).ConfigureAwait(false);
            Remark(set, links, notes);
            foreach (var video in videos)
            {
                sessions.AddRange(links.Select((link, i) => new SessionSpec(link, video, Start(link), sessions.Count + i)).ToList());
            }
        }

        return sessions.Count > 0
            ? new(sessions, profile, notes)
            : throw new TelecomException(
                ErrorCode.DataRejected, $"Setting {AbrSettings.Set}={settings.Text(AbrSettings.Set)} names no traces. Name at least one set.");
    }

    /// <summary>Reads videos by name from the data root, or those that come with the plugins.</summary>
    public static async ValueTask<IReadOnlyList<PlayableVideo>> ReadVideosAsync(
        DataSource source, SettingValues settings, List<string> notes, CancellationToken cancellationToken)
    {
        var names = AbrSettings.Names(settings, AbrSettings.Video);
        if (names.Count == 0)
        {
            throw new TelecomException(ErrorCode.InvalidInput, $"Setting {AbrSettings.Video} names no video.");
        }

        var ladder = AbrSettings.Ladder.ToDictionary(setting => setting.Name, setting => settings.Text(setting.Name), StringComparer.Ordinal);
        if (source.Path is { } root && Directory.Exists(Path.Combine(root, VideoFolder)))
        {
            var videos = new List<PlayableVideo>();
            foreach (var name in names)
            {
                var query = new DatasetQuery { Path = root, Settings = new Dictionary<string, string>(ladder, StringComparer.Ordinal) { [AbrSettings.Video] = name } };
                videos.AddRange(await ReadAsync(source.Catalog, query, cancellationToken).ConfigureAwait(false));
            }

            return videos;
        }

        var own = await ReadAsync(source.Catalog, new() { Settings = ladder }, cancellationToken).ConfigureAwait(false);
        if (names is not [ShippedVideos.Sample])
        {
            notes.Add($"There are no videos beside the traces: the generated video '{ShippedVideos.Sample}' is played instead of {string.Join(", ", names)}.");
        }

        return own;
    }

    /// <summary>Reads the traces of one set.</summary>
    public static async ValueTask<IReadOnlyList<LinkTimeline>> ReadLinksAsync(
        DataSource source, string set, int seed, CancellationToken cancellationToken)
    {
        var dataset = source.Catalog.Get<ThroughputTrace>(source.DatasetId ?? (source.Path is null ? SampleDataset : Traces));
        var links = new List<LinkTimeline>();
        await foreach (var trace in dataset.ReadAsync(new() { Path = source.Path, Split = set, Seed = seed }, cancellationToken).ConfigureAwait(false))
        {
            links.Add(new(trace));
        }

        return links.Count > 0
            ? links
            : throw new TelecomException(ErrorCode.DataRejected, $"The set '{set}' of {dataset.Descriptor.Id} holds no traces. Check the files.");
    }

    /// <returns>Where a session on the trace starts: the data set's segment, or the first one.</returns>
    public static int Start(LinkTimeline link) => link.Trace.StartPointer ?? 1;

    /// <summary>Reads every video of a query.</summary>
    public static async ValueTask<IReadOnlyList<PlayableVideo>> ReadAsync(
        IDatasetCatalog catalog, DatasetQuery query, CancellationToken cancellationToken)
    {
        var videos = new List<PlayableVideo>();
        await foreach (var video in catalog.Get<VideoLadder>(Videos).ReadAsync(query, cancellationToken).ConfigureAwait(false))
        {
            videos.Add(new(video));
        }

        return videos;
    }

    private static void CheckFirstLevel(AbrProfile profile, IReadOnlyList<PlayableVideo> videos)
    {
        var levels = videos.Min(video => video.Levels);
        if (profile.FirstLevel >= levels)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                string.Create(CultureInfo.InvariantCulture, $"Setting first-level={profile.FirstLevel} is not valid: it must be from 0 to {levels - 1}."));
        }
    }

    private static void Remark(string set, IReadOnlyList<LinkTimeline> links, List<string> notes)
    {
        if (links.Count(link => link.Trace.StartPointer is null) is var missing and > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"{missing} of {links.Count} traces of {set} have no start pointer: their sessions start in segment 1."));
        }

        if (links.Count(link => link.TimesSeconds[0] != 0) is var late and > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{late} of {links.Count} traces of {set} do not start at 0 s: after a wrap their first segment reaches back to 0 s."));
        }
    }
}
