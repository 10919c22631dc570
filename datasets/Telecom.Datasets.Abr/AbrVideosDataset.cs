using System.Runtime.CompilerServices;
using Telecom.Datasets.Abr.Synthetic;
using Telecom.Datasets.Abr.Videos;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Abr;

/// <summary>Chunk sizes of videos in the layout of Pensieve and NetLLM; without files, one generated video.</summary>
[ExportDataset("abr-videos")]
public sealed class AbrVideosDataset : IDataset<VideoLadder>
{
    internal const string Folder = "videos";

    /// <inheritdoc/>
    public DatasetDescriptor Descriptor { get; } = new()
    {
        Id = "abr-videos",
        Title = "Chunk sizes of videos at every bitrate",
        Origin = DatasetOrigin.Measured,
        Licence = "MIT for the prepared files and for the generated video",
        Source = "EnvivioDash3 and a synthetic video as prepared in github.com/duowuyms/NetLLM (from Pensieve); without files a video generated here",
        Layout = $"{Folder}/<video>/{VideoFolder.FilePrefix}<level>: bytes of one chunk per line; also the folder of one video",
        Settings = [new("video", string.Empty, "read only this video"), .. VideoOptions.Settings],
    };

    /// <inheritdoc/>
    /// <remarks>Without a path the generated video is the only one.</remarks>
    public async IAsyncEnumerable<VideoLadder> ReadAsync(DatasetQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = SettingValues.Create(Descriptor.Settings, query.Settings);
        var options = VideoOptions.From(settings);
        if (query.Path is not { } path)
        {
            yield return SampleVideo.Create(options);
            yield break;
        }

        foreach (var folder in Folders(path, settings.Text("video")))
        {
            yield return await VideoFolder.ReadAsync(folder, options, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<string> Folders(string path, string wanted)
    {
        if (!Directory.Exists(path))
        {
            throw new TelecomException(
                ErrorCode.NotFound, $"The folder '{path}' does not exist. Name a data root with {Folder}/<video>/, or the folder of a video.");
        }

        if (VideoFolder.IsVideo(path))
        {
            return [path];
        }

        var root = Path.Combine(path, Folder);
        var known = Directory.Exists(root) ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).ToList() : [];
        var found = wanted.Length == 0 ? known : known.FindAll(folder => Path.GetFileName(folder) == wanted);
        if (found.Count > 0)
        {
            return found;
        }

        var names = known.Count == 0 ? "none" : string.Join(", ", known.Select(Path.GetFileName));
        throw new TelecomException(
            ErrorCode.DataRejected,
            wanted.Length == 0
                ? $"'{path}' holds no videos: {Folder}/<video>/{VideoFolder.FilePrefix}0 and so on are missing."
                : $"'{path}' holds no video '{wanted}' in {Folder}/. Its videos: {names}.");
    }
}
