using System.Globalization;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Datasets.Abr.Traces;

/// <summary>One trace file: per line a time in seconds and a capacity in Mbit/s, separated by white space; no header; LF or CRLF.</summary>
internal static class TraceFile
{
    /// <param name="path">The file.</param>
    /// <param name="set">Set it belongs to.</param>
    /// <param name="startPointer">Segment its session starts in; null where nothing is known.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> naming file and line.</exception>
    public static async ValueTask<ThroughputTrace> ReadAsync(
        string path, string set, StartPointer? startPointer, CancellationToken cancellationToken)
    {
        var lines = await Rejections.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false);
        var (times, capacities) = (new double[lines.Count], new double[lines.Count]);
        for (var i = 0; i < lines.Count; i++)
        {
            (times[i], capacities[i]) = Parse(lines[i], path, i + 1);
            if (i > 0 && times[i] <= times[i - 1])
            {
                throw Rejections.Of(path, i + 1, $"the time must be later than {times[i - 1]} s of the line before, but is {times[i]} s");
            }
        }

        if (lines.Count < 2)
        {
            throw Rejections.Of(path, 0, $"a trace needs at least two points, but this one has {lines.Count}", "Bring a longer recording.");
        }

        // The first value belongs to no interval.
        if (capacities.AsSpan(1).IndexOfAnyExcept(0.0) < 0)
        {
            throw Rejections.Of(path, 0, $"the capacity is 0 throughout, so that no download would ever end", "Leave this trace out.");
        }

        if (startPointer is { } start && (start.Segment < 1 || start.Segment >= lines.Count))
        {
            throw Rejections.Of(
                start.Path, start.Line, $"start_ptr of '{Path.GetFileName(path)}' must be from 1 to {lines.Count - 1}, but is {start.Segment}");
        }

        return new()
        {
            Set = set,
            Name = Path.GetFileName(path),
            TimesSeconds = times,
            CapacityMbps = capacities,
            StartPointer = startPointer?.Segment,
        };
    }

    private static (double Time, double Capacity) Parse(string line, string path, int number)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 2)
        {
            throw Rejections.Of(path, number, $"a line must have two columns, seconds and Mbit/s, but has {fields.Length}");
        }

        return (Number(fields[0], "the time in s", path, number), Number(fields[1], "the capacity in Mbit/s", path, number));
    }

    private static double Number(string field, string name, string path, int number) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0
            ? value
            : throw Rejections.Of(path, number, $"{name} must be a finite number of 0 or above, but is '{field}'");
}
