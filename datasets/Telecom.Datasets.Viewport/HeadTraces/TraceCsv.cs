using System.Globalization;
using System.Text;
using CsvHelper;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Metrics;

namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>
/// One trace file: rows of time in seconds, roll, pitch and yaw in degrees. A header line, CRLF line ends, a byte order mark and blank lines are
/// tolerated; anything else that is not four finite numbers is an error naming file and line.
/// </summary>
internal static class TraceCsv
{
    private const int Columns = 4;

    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,

        // One unbalanced quote must not swallow the rest of the file: its own line is then the one that is named.
        AllowLineBreaksInQuotes = false,
    };

    /// <param name="path">The file.</param>
    /// <param name="trace">Names dataset, video, user and rate; its columns are replaced.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> naming file and line.</exception>
    public static async ValueTask<ViewportTrace> ReadAsync(string path, ViewportTrace trace, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path, trace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static ViewportTrace Parse(byte[] utf8, string path, ViewportTrace trace)
    {
        var times = new List<double>();
        var (rolls, pitches, yaws) = (new List<float>(), new List<float>(), new List<float>());
        using var reader = CsvReader.Create(utf8, Options);
        Span<double> row = stackalloc double[Columns];
        var mayBeHeader = true;
        while (reader.Read())
        {
            // A line of spaces arrives as one empty field.
            var isBlank = reader.FieldCount == 1 && reader.IsEmpty(0);
            if (!isBlank && !(mayBeHeader && IsHeader(reader)))
            {
                ReadRow(reader, path, row);
                times.Add(row[0]);
                rolls.Add((float)OnCircle(row[1]));
                pitches.Add((float)row[2]);
                yaws.Add((float)OnCircle(row[3]));
            }

            mayBeHeader &= isBlank;
        }

        return trace with
        {
            TimesSeconds = times.ToArray(),
            RollDegrees = rolls.ToArray(),
            PitchDegrees = pitches.ToArray(),
            YawDegrees = yaws.ToArray(),
        };
    }

    private static bool IsHeader(CsvReader reader)
    {
        for (var column = 0; column < reader.FieldCount; column++)
        {
            if (reader.IsEmpty(column) || TryParse(reader, column, out _))
            {
                return false;
            }
        }

        return reader.FieldCount == Columns;
    }

    private static void ReadRow(CsvReader reader, string path, Span<double> row)
    {
        if (reader.FieldCount != Columns)
        {
            throw Rejected(reader, path, $"has {reader.FieldCount} columns instead of {Columns} (time_s, roll, pitch, yaw)");
        }

        for (var column = 0; column < Columns; column++)
        {
            if (!TryParse(reader, column, out row[column]) || !double.IsFinite(row[column]))
            {
                var field = Encoding.UTF8.GetString(reader.GetRawSpan(column));
                throw Rejected(reader, path, $"column {column + 1} must be a finite number, but is '{field}'");
            }
        }

        if (Math.Abs(row[2]) > 90)
        {
            throw Rejected(reader, path, $"pitch must lie in [-90, 90] degrees, but is {row[2]}");
        }
    }

    // The files hold -180 and 180 for the same direction; both stay as they are so that published figures come out to the last digit.
    private static double OnCircle(double degrees) => Math.Abs(degrees) <= 180 ? degrees : Angles.Wrap(degrees);

    private static bool TryParse(CsvReader reader, int column, out double value) =>
        double.TryParse(reader.GetSpan(column), NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static TelecomException Rejected(CsvReader reader, string path, FormattableString what) => new(
        ErrorCode.DataRejected,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{path}:{reader.LineNumber}: {what.ToString(CultureInfo.InvariantCulture)}. Correct or remove the row."));
}
