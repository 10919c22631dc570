using System.Globalization;

namespace Telecom.Datasets.Abr.Traces;

/// <summary><c>start_pointers.csv</c>: columns <c>set</c>, <c>trace</c> and <c>start_ptr</c>, in any order and among others.</summary>
internal static class StartPointerFile
{
    public const string FileName = "start_pointers.csv";

    /// <returns>Start pointers by set and trace; empty when the file does not exist.</returns>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException"><c>DataRejected</c> naming file and line.</exception>
    public static async ValueTask<IReadOnlyDictionary<(string Set, string Trace), StartPointer>> ReadAsync(
        string root, CancellationToken cancellationToken)
    {
        var pointers = new Dictionary<(string Set, string Trace), StartPointer>();
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path))
        {
            return pointers;
        }

        var lines = await Rejections.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false);
        var header = lines.Count == 0 ? [] : Fields(lines[0]);
        var columns = Array.ConvertAll(["set", "trace", "start_ptr"], name => Column(header, name, path));
        for (var i = 1; i < lines.Count; i++)
        {
            var fields = Fields(lines[i]);
            if (fields.Length != header.Length)
            {
                throw Rejections.Of(path, i + 1, $"the line has {fields.Length} columns instead of {header.Length}");
            }

            if (!int.TryParse(fields[columns[2]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var segment))
            {
                throw Rejections.Of(path, i + 1, $"start_ptr must be a whole number, but is '{fields[columns[2]]}'");
            }

            var key = (fields[columns[0]], fields[columns[1]]);
            if (!pointers.TryAdd(key, new(segment, path, i + 1)))
            {
                throw Rejections.Of(path, i + 1, $"the trace '{key.Item2}' of set '{key.Item1}' is listed twice");
            }
        }

        return pointers;
    }

    private static int Column(string[] header, string name, string path)
    {
        var index = Array.IndexOf(header, name);
        return index >= 0 ? index : throw Rejections.Of(path, 1, $"the header names no column '{name}'", "Add the column.");
    }

    // Names of traces hold no commas or quotes: they are file names of the data set.
    private static string[] Fields(string line) => Array.ConvertAll(line.TrimStart('\ufeff').Split(','), field => field.Trim());
}
