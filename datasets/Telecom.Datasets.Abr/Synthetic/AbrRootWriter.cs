using System.Globalization;
using System.Text;
using Telecom.Datasets.Abr.Traces;
using Telecom.Datasets.Abr.Videos;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Datasets.Abr.Synthetic;

/// <summary>Writes generated traces and the sample video in the layout of the measured ones.</summary>
internal static class AbrRootWriter
{
    /// <summary>Throws when the folder holds traces already, which writing would mix with the new ones.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>.</exception>
    public static void Guard(string directory)
    {
        var pointers = Path.Combine(directory, StartPointerFile.FileName);
        var traces = Path.Combine(directory, TraceRoot.Folder);
        if (File.Exists(pointers) || Directory.Exists(traces))
        {
            throw new TelecomException(
                ErrorCode.InvalidInput, $"'{directory}' holds traces already: generated ones would be mixed with them. Choose another folder.");
        }
    }

    /// <summary>Writes one trace: seconds and Mbit/s with two decimals, separated by a tabulator, LF.</summary>
    public static async ValueTask WriteTraceAsync(string directory, ThroughputTrace trace, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, TraceRoot.Folder, trace.Set, trace.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var text = new StringBuilder();
        for (var i = 0; i < trace.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{trace.TimesSeconds.Span[i]:0.00}\t{trace.CapacityMbps.Span[i]:0.00}\n");
        }

        await File.WriteAllTextAsync(path, text.ToString(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes <c>start_pointers.csv</c>.</summary>
    public static async ValueTask WritePointersAsync(string directory, IEnumerable<ThroughputTrace> traces, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("set,trace,start_ptr,points,duration_s,mean_mbps\n");
        foreach (var trace in traces)
        {
            var mean = 0.0;
            foreach (var capacity in trace.CapacityMbps.Span)
            {
                mean += capacity / trace.Length;
            }

            text.Append(
                CultureInfo.InvariantCulture,
                $"{trace.Set},{trace.Name},{trace.StartPointer},{trace.Length},{trace.TimesSeconds.Span[^1]:0.0#},{mean:0.000000}\n");
        }

        await File.WriteAllTextAsync(Path.Combine(directory, StartPointerFile.FileName), text.ToString(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the size files of a video.</summary>
    public static async ValueTask WriteVideoAsync(string directory, VideoLadder video, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, AbrVideosDataset.Folder, video.Name)).FullName;
        for (var level = 0; level < video.Levels; level++)
        {
            var text = new StringBuilder();
            for (var row = 0; row < video.Rows; row++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{video.SizesBytes.Span[(row * video.Levels) + level]}\n");
            }

            await File.WriteAllTextAsync(VideoFolder.PathOf(folder, level), text.ToString(), cancellationToken).ConfigureAwait(false);
        }
    }
}
