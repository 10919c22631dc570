using System.Globalization;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>The window a learned method was trained with.</summary>
/// <param name="History">History samples H.</param>
/// <param name="Horizon">Predicted samples F.</param>
/// <param name="RateHz">Sampling rate in hertz.</param>
internal sealed record TrainedWindow(int History, int Horizon, double RateHz)
{
    /// <summary>Reads the window from the settings of a method.</summary>
    public static TrainedWindow From(SettingValues settings) =>
        new(settings.Integer("history", 2, 100), settings.Integer("horizon", 1, 100), settings.Number("rate", 0.1, 1000));

    /// <summary>A history that is too short or sampled at another rate goes to the fallback; a longer one is used from its end.</summary>
    public Suitability Examine(ViewportRequest request) =>
        request.RateHz != RateHz
            ? Suitability.FallBack("/samples", Text($"the method was trained at {RateHz} Hz, but the history is sampled at {request.RateHz} Hz"))
        : request.HistoryLength < History
            ? Suitability.FallBack(
                "/samples", Text($"the method needs {History} samples on the {RateHz} Hz grid without a gap, but there are {request.HistoryLength}"))
        : Suitability.Suitable;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
