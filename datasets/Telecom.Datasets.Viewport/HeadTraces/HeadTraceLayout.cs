using System.Globalization;

namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>Where the traces of one dataset lie below a data root.</summary>
/// <param name="DatasetId">Id of the dataset.</param>
/// <param name="Folder">Folder below the data root, which is also the dataset's name in <c>splits.json</c>.</param>
/// <param name="Official">Splits that hold where the files bring none; empty when there are none.</param>
internal sealed record HeadTraceLayout(string DatasetId, string Folder, IReadOnlyDictionary<string, TraceSplit> Official)
{
    public const string VideoPrefix = "video";

    public const string SplitsFileName = "splits.json";

    /// <summary>Names of the dataset folders this plugin knows, to tell a data root from a dataset folder.</summary>
    public static IReadOnlyList<string> KnownFolders { get; } = ["Jin2022", "Wu2017", "HeadMotion"];

    /// <returns>Path of a trace below the dataset folder, with forward slashes.</returns>
    public static string TracePath(int video, int user, double rateHz)
    {
        var rate = rateHz.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{VideoPrefix}{video}/{rate}Hz/{FilePrefix(rate)}{user}.csv");
    }

    /// <returns>What stands before the user number in the file names of a rate.</returns>
    public static string FilePrefix(string rate) => $"simple_{rate}Hz_user";
}
