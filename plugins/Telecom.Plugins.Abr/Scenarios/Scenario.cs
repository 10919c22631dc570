using System.Globalization;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr.Scenarios;

/// <summary>A scenario with its trace and video read.</summary>
/// <param name="Session">What is played.</param>
/// <param name="Policy">Policy of the file; null where it names none.</param>
/// <param name="Levels">Levels to replay; null for a policy's.</param>
internal sealed record Scenario(SessionSpec Session, string? Policy, IReadOnlyList<int>? Levels)
{
    /// <summary>Reads a scenario file and what it names.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> naming file and member, or <see cref="ErrorCode.NotFound"/>.</exception>
    public static async ValueTask<Scenario> ReadAsync(string path, DataSource source, SettingValues settings, CancellationToken cancellationToken)
    {
        var document = await ReadDocumentAsync(path, cancellationToken).ConfigureAwait(false);
        string[] places = [source.Path ?? string.Empty, Path.GetDirectoryName(Path.GetFullPath(path))!, string.Empty];
        var tracePath = Locate(document.Trace, places, File.Exists)
            ?? throw Rejected(path, "/trace", $"the file '{document.Trace}' does not exist");
        var traces = source.Catalog.Get<ThroughputTrace>(SessionLoader.Traces);
        ThroughputTrace? trace = null;
        await foreach (var read in traces.ReadAsync(new() { Path = tracePath }, cancellationToken).ConfigureAwait(false))
        {
            trace = read;
        }

        var video = await ReadVideoAsync(path, document.Video, places, source, settings, cancellationToken).ConfigureAwait(false);
        var session = new SessionSpec(new(trace!), video, document.StartPointer ?? 1, 0);
        session.Timeline.RequireStart(session.StartPointer);
        CheckLevels(path, document.Levels, video);
        return new(session, document.Policy, document.Levels);
    }

    private static async ValueTask<ScenarioDocument> ReadDocumentAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            return JsonInput.Read(bytes, ScenarioJson.Default.ScenarioDocument);
        }
        catch (InvalidInputException exception)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"{path}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"The scenario '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static async ValueTask<PlayableVideo> ReadVideoAsync(
        string path, string name, string[] places, DataSource source, SettingValues settings, CancellationToken cancellationToken)
    {
        if (Locate(name, places, Directory.Exists) is { } folder)
        {
            var ladder = AbrSettings.Ladder.ToDictionary(setting => setting.Name, setting => settings.Text(setting.Name), StringComparer.Ordinal);
            var read = await SessionLoader.ReadAsync(source.Catalog, new() { Path = folder, Settings = ladder }, cancellationToken).ConfigureAwait(false);
            return read.Count == 1 ? read[0] : throw Rejected(path, "/video", $"'{name}' holds {read.Count} videos: name the folder of one");
        }

        return ShippedVideos.Find(name)
            ?? throw Rejected(path, "/video", $"'{name}' is neither a folder nor a video that this host knows ({ShippedVideos.Names})");
    }

    private static string? Locate(string name, string[] places, Func<string, bool> exists) =>
        places.Select(place => Path.Combine(place, name)).FirstOrDefault(exists);

    private static void CheckLevels(string path, IReadOnlyList<int>? levels, PlayableVideo video)
    {
        if (levels is not null && (levels.Count == 0 || levels.Count > video.Chunks))
        {
            throw Rejected(path, "/levels", $"there must be 1 to {video.Chunks} levels, but there are {levels.Count}");
        }

        for (var i = 0; i < (levels?.Count ?? 0); i++)
        {
            if (levels![i] < 0 || levels[i] >= video.Levels)
            {
                throw Rejected(path, "/levels", $"level {i} must be from 0 to {video.Levels - 1}, but is {levels[i]}");
            }
        }
    }

    private static TelecomException Rejected(string path, string pointer, FormattableString what) =>
        new(ErrorCode.DataRejected, $"{path}: {pointer}: {what.ToString(CultureInfo.InvariantCulture)}. Correct the scenario.");
}
