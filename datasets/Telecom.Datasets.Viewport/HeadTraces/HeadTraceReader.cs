using System.Globalization;
using System.Runtime.CompilerServices;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>Reads the traces of one layout below a data root.</summary>
internal sealed class HeadTraceReader(HeadTraceLayout layout)
{
    // Enough to see the pattern; a whole missing split must not fill the screen.
    private const int ListedFiles = 20;

    /// <summary>Options of every query.</summary>
    public static IReadOnlyList<SettingDescriptor> Settings { get; } =
    [
        new("rate", "5", "sampling rate of the files in Hz, part of their path"),
        new("splits", "auto", "auto, subset or official: which lists of splits.json apply; auto prefers subset"),
        new("allow-missing", "false", "true skips listed files that do not exist instead of failing"),
        new("videos", string.Empty, "read only these videos, e.g. 4,8"),
        new("users", string.Empty, "read only these users, e.g. 83,15"),
    ];

    /// <summary>Reads the traces of a query, video by video in the order of the split, then user by user.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/> for a missing root or an unknown video or user, <see cref="ErrorCode.DataRejected"/> for all that is wrong
    /// with files.
    /// </exception>
    public async IAsyncEnumerable<ViewportTrace> ReadAsync(
        DatasetQuery query, SettingValues settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rateHz = settings.Number("rate", 0.1, 1000);
        var folder = Locate(query.Path);
        var traces = query.Split is { } split
            ? Listed(await SplitAsync(folder, split, settings, cancellationToken).ConfigureAwait(false), split, folder, rateHz, settings)
            : Found(folder, rateHz, settings);
        foreach (var (video, user, path) in traces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var empty = new ViewportTrace
            {
                Dataset = layout.DatasetId,
                Video = video,
                User = user,
                RateHz = rateHz,
                TimesSeconds = default,
                RollDegrees = default,
                PitchDegrees = default,
                YawDegrees = default,
            };
            yield return await TraceCsv.ReadAsync(path, empty, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<int> Numbers(IEnumerable<string> names, string prefix) =>
        names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .Where(number => number >= 0)
            .Order();

    private static IEnumerable<string> FoldersIn(string path) => Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder)!);

    private string Locate(string? path)
    {
        if (path is null)
        {
            throw new TelecomException(
                ErrorCode.NotFound, $"The dataset {layout.DatasetId} is read from files: name the data root that holds {layout.Folder}.");
        }

        if (!Directory.Exists(path))
        {
            throw new TelecomException(ErrorCode.NotFound, $"The data root '{path}' does not exist. Name the folder that holds {layout.Folder}.");
        }

        var below = Path.Combine(path, layout.Folder);
        if (Directory.Exists(below))
        {
            return below;
        }

        var folders = FoldersIn(path).Order(StringComparer.Ordinal).ToList();
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var isOther = name != layout.Folder && HeadTraceLayout.KnownFolders.Contains(name);
        if (!isOther && Numbers(folders, HeadTraceLayout.VideoPrefix).Any())
        {
            return path;
        }

        var found = folders.Count == 0 ? "no folders" : string.Join(", ", folders.Take(ListedFiles));
        throw new TelecomException(
            ErrorCode.DataRejected,
            $"'{path}' holds no folder {layout.Folder} (it holds {found}). Name the data root that does, or another dataset.");
    }

    private async ValueTask<TraceSplit> SplitAsync(string folder, string split, SettingValues settings, CancellationToken cancellationToken)
    {
        var level = settings.Choice("splits", "auto", "subset", "official");
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var path = new[] { folder, parent }
            .OfType<string>()
            .Select(place => Path.Combine(place, HeadTraceLayout.SplitsFileName))
            .FirstOrDefault(File.Exists);
        if (path is not null)
        {
            using var file = await SplitFile.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            if (file.Find(layout.Folder, split, level) is { } listed)
            {
                return listed;
            }
        }

        return layout.Official.TryGetValue(split, out var official) && level != "subset"
            ? official
            : throw new TelecomException(
                ErrorCode.DataRejected,
                $"No split '{split}' of {layout.Folder} is known without a {HeadTraceLayout.SplitsFileName} beside '{folder}'. "
                + $"Known: {(layout.Official.Count == 0 || level == "subset" ? "none" : string.Join(", ", layout.Official.Keys))}.");
    }

    private List<(int Video, int User, string Path)> Listed(TraceSplit split, string name, string folder, double rateHz, SettingValues settings)
    {
        var traces = new List<(int Video, int User, string Path)>();
        var missing = new List<string>();
        var where = $"split '{name}' of {layout.Folder}";
        var users = IdFilter.Apply(split.Users, settings, "users", where);
        foreach (var video in IdFilter.Apply(split.Videos, settings, "videos", where))
        {
            foreach (var user in users)
            {
                var relative = HeadTraceLayout.TracePath(video, user, rateHz);
                var path = Path.Combine(folder, relative);
                if (File.Exists(path))
                {
                    traces.Add((video, user, path));
                }
                else
                {
                    missing.Add(relative);
                }
            }
        }

        return missing.Count == 0 || settings.Flag("allow-missing") ? traces : throw Missing(missing, traces.Count + missing.Count, where, folder);
    }

    private List<(int Video, int User, string Path)> Found(string folder, double rateHz, SettingValues settings)
    {
        var rate = rateHz.ToString(CultureInfo.InvariantCulture);
        var traces = new List<(int Video, int User, string Path)>();
        foreach (var video in Numbers(FoldersIn(folder), HeadTraceLayout.VideoPrefix))
        {
            var files = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{HeadTraceLayout.VideoPrefix}{video}"), $"{rate}Hz");
            if (Directory.Exists(files))
            {
                var names = Directory.EnumerateFiles(files, "*.csv").Select(path => Path.GetFileNameWithoutExtension(path)!);
                traces.AddRange(Numbers(names, HeadTraceLayout.FilePrefix(rate))
                    .Select(user => (video, user, Path.Combine(folder, HeadTraceLayout.TracePath(video, user, rateHz)))));
            }
        }

        var where = $"{layout.Folder} in '{folder}'";
        var videos = IdFilter.Apply([.. traces.Select(trace => trace.Video).Distinct()], settings, "videos", where);
        var users = IdFilter.Apply([.. traces.Select(trace => trace.User).Distinct()], settings, "users", where);
        return [.. traces.Where(trace => videos.Contains(trace.Video) && users.Contains(trace.User))];
    }

    private static TelecomException Missing(List<string> missing, int listed, string where, string folder)
    {
        var rest = missing.Count - ListedFiles;
        var more = rest > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {rest} more") : string.Empty;
        var names = string.Join(", ", missing.Take(ListedFiles)) + more;
        var what = string.Create(CultureInfo.InvariantCulture, $"{missing.Count} of {listed} files that {where} lists are missing in '{folder}'");
        return new(ErrorCode.DataRejected, $"{what}: {names}. Restore them, or set allow-missing=true to go on without them.");
    }
}
