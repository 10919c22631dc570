using System.Runtime.CompilerServices;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Datasets.Abr.Traces;

/// <summary>Reads traces below a data root <c>traces/&lt;set&gt;/*</c>, from a folder of trace files, or from one file.</summary>
internal static class TraceRoot
{
    public const string Folder = "traces";

    /// <summary>Reads the traces of a query, set by set in the order of names, trace by trace likewise.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/> for a missing root, <see cref="ErrorCode.DataRejected"/> for a missing set and damaged files.
    /// </exception>
    public static async IAsyncEnumerable<ThroughputTrace> ReadAsync(
        DatasetQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = query.Path ?? throw new TelecomException(
            ErrorCode.NotFound, $"Traces are read from files: name a data root that holds {Folder}/<set>/, a folder of traces, or a trace.");
        if (File.Exists(path))
        {
            yield return await TraceFile.ReadAsync(path, string.Empty, null, cancellationToken).ConfigureAwait(false);
            yield break;
        }

        var sets = Directory.Exists(path)
            ? Sets(path, query.Split)
            : throw new TelecomException(ErrorCode.NotFound, $"The data root '{path}' does not exist. Name a folder that holds {Folder}/<set>/.");
        var pointers = await StartPointerFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        foreach (var (set, folder) in sets)
        {
            foreach (var file in Directory.EnumerateFiles(folder).Where(IsTrace).Order(StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var pointer = pointers.GetValueOrDefault((set, Path.GetFileName(file)));
                yield return await TraceFile.ReadAsync(file, set, pointer, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static List<(string Set, string Folder)> Sets(string root, string? wanted)
    {
        var traces = Path.Combine(root, Folder);
        if (!Directory.Exists(traces))
        {
            return wanted is null
                ? [(string.Empty, root)]
                : throw new TelecomException(
                    ErrorCode.DataRejected, $"'{root}' holds no folder {Folder}: sets are read from {Folder}/<set>/. Name the data root.");
        }

        var known = Directory.EnumerateDirectories(traces).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal).ToList();
        if (wanted is not null && !known.Contains(wanted))
        {
            throw new TelecomException(
                ErrorCode.DataRejected, $"'{traces}' holds no set '{wanted}'. Its sets: {(known.Count == 0 ? "none" : string.Join(", ", known))}.");
        }

        return [.. known.Where(set => wanted is null || set == wanted).Select(set => (set, Path.Combine(traces, set)))];
    }

    // Files of editors and file managers are no traces.
    private static bool IsTrace(string path) =>
        Path.GetFileName(path) is var name && !name.StartsWith('.') && !name.EndsWith('~')
        && !string.Equals(name, StartPointerFile.FileName, StringComparison.Ordinal)
        && !string.Equals(name, "README.md", StringComparison.OrdinalIgnoreCase);
}
