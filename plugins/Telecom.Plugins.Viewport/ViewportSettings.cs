using System.Globalization;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Viewport;

/// <summary>Settings that the benchmark and the training of learned methods share.</summary>
internal static class ViewportSettings
{
    /// <summary>Name of <see cref="Data"/>'s first setting.</summary>
    public const string DatasetName = "dataset";

    /// <summary>Which dataset below a data root is read when nobody says otherwise.</summary>
    public const string DefaultDataset = "Jin2022";

    /// <summary>Which traces are read. All but the first are options of the datasets themselves.</summary>
    public static IReadOnlyList<SettingDescriptor> Data { get; } =
    [
        new(DatasetName, DefaultDataset, "dataset below the data root, e.g. Jin2022 or Wu2017; ignored when the data are named by dataset"),
        new("rate", "5", "sampling rate of the files in Hz"),
        new("splits", "auto", "auto, subset or official: which list of videos and users a split means"),
        new("allow-missing", "false", "true skips listed files that do not exist instead of failing"),
    ];

    /// <summary>How traces are cut.</summary>
    /// <param name="step">Rows between windows: 15 for evaluation, less for training.</param>
    public static IReadOnlyList<SettingDescriptor> Windows(int step) =>
    [
        new("history", "10", "history rows H per window, 2 to 100"),
        new("horizon", "20", "future rows F per window, 1 to 100"),
        new("head", "30", "first row that a window may predict; at least H"),
        new("tail", "60", "rows at the end that no window starts in; at least F"),
        new("step", step.ToString(CultureInfo.InvariantCulture), "rows between neighbouring windows, 1 or more"),
    ];

    /// <returns>The options that <paramref name="settings"/> hold, validated.</returns>
    public static WindowOptions ReadWindows(SettingValues settings)
    {
        var options = new WindowOptions
        {
            History = settings.Integer("history", 2, 100),
            Horizon = settings.Integer("horizon", 1, 100),
            Head = settings.Integer("head", 0, 1_000_000),
            Tail = settings.Integer("tail", 0, 1_000_000),
            Step = settings.Integer("step", 1, 1_000_000),
        };
        options.Validate();
        return options;
    }
}
