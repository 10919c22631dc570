namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>The splits of the published evaluation (NetLLM, SIGCOMM 2024), for data roots without a <c>splits.json</c>.</summary>
internal static class OfficialSplits
{
    public static IReadOnlyDictionary<string, TraceSplit> Jin2022 { get; } = new Dictionary<string, TraceSplit>(StringComparer.Ordinal)
    {
        ["train"] = new(
            [1, 5, 9, 2, 6, 11, 15, 16, 13, 17, 21, 22, 26, 19, 23],
            [
                50, 54, 6, 34, 66, 63, 52, 39, 62, 46, 75, 28, 65, 18, 37, 13, 80, 33, 69, 78, 19, 40, 10, 43, 61, 72, 56, 41, 79, 82, 27, 71, 57, 67,
                8, 2, 12, 81, 1, 64, 32, 42,
            ]),
        ["valid"] = new(
            [3, 7, 12, 10, 20, 27],
            [9, 25, 73, 29, 31, 70, 58, 11, 14, 38, 16, 76, 77, 74, 24, 5, 17, 20, 51, 68, 36]),
        ["test"] = new(
            [4, 8, 14, 18, 24, 25],
            [83, 15, 3, 35, 48, 22, 55, 4, 45, 60, 26, 21, 44, 23, 53, 84, 59, 49, 7, 47, 30]),
    };

    public static IReadOnlyDictionary<string, TraceSplit> Wu2017 { get; } = new Dictionary<string, TraceSplit>(StringComparer.Ordinal)
    {
        ["train"] = new(
            [9, 7, 4, 1, 6],
            [23, 3, 19, 24, 18, 28, 9, 26, 6, 15, 21, 25, 32, 38, 45, 34, 48, 44, 29, 43, 4, 36, 39, 8, 17, 42, 30, 11, 22, 37]),
        ["valid"] = new([8, 2], [40, 20, 14, 1, 31, 12, 33, 27, 10]),
        ["test"] = new([3, 5], [16, 7, 46, 5, 35, 2, 41, 47, 13]),
    };
}
