using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Datasets.Abr;

/// <summary>Refusals of files: each names file, line and what to do.</summary>
internal static class Rejections
{
    /// <param name="path">The file.</param>
    /// <param name="line">Line from 1; 0 for the file as a whole.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="remedy">What to do, with a full stop.</param>
    public static TelecomException Of(string path, int line, FormattableString what, string remedy = "Correct or remove the line.")
    {
        var where = line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{path}:{line}") : path;
        return new(ErrorCode.DataRejected, $"{where}: {what.ToString(CultureInfo.InvariantCulture)}. {remedy}");
    }

    /// <summary>Reads a text file as lines without their ends; blank lines at the end do not count.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: it cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<string>> ReadLinesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false);
            var count = lines.Length;
            while (count > 0 && string.IsNullOrWhiteSpace(lines[count - 1]))
            {
                count--;
            }

            return new ArraySegment<string>(lines, 0, count);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
