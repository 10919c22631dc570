using System.Globalization;

namespace Telecom.FunctionalTests;

internal static class ViewportRequests
{
    /// <summary>A request of samples on a 5 Hz grid with the given yaw angles and no other motion.</summary>
    public static string Of(IEnumerable<double> yaws, int steps = 3) => Of(yaws.Select((yaw, index) => (index * 0.2, yaw)), steps);

    /// <summary>A request of samples with the given times and yaw angles.</summary>
    public static string Of(IEnumerable<(double Time, double Yaw)> samples, int steps = 3) =>
        $$"""{"samples":[{{string.Join(',', samples.Select(sample => Sample(sample.Time, sample.Yaw)))}}],"steps":{{steps}}}""";

    private static string Sample(double time, double yaw) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"t":{{Math.Round(time, 3)}},"roll":0,"pitch":0,"yaw":{{yaw}}}""");
}
