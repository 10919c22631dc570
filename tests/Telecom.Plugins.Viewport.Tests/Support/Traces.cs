using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Viewport.Tests.Support;

/// <summary>Hand-made traces.</summary>
internal static class Traces
{
    /// <summary>A trace whose rows are recognisable: roll counts rows, pitch is the video, yaw is the user.</summary>
    public static ViewportTrace Counting(int video, int user, int rows)
    {
        var trace = FromYaw([.. Enumerable.Repeat((float)user, rows)]);
        return trace with
        {
            Video = video,
            User = user,
            RollDegrees = Enumerable.Range(0, rows).Select(row => row / 100f).ToArray(),
            PitchDegrees = Enumerable.Repeat((float)video, rows).ToArray(),
        };
    }

    public static ViewportTrace FromYaw(params float[] yaw) => new()
    {
        Dataset = "test",
        Video = 1,
        User = 1,
        RateHz = 5,
        TimesSeconds = Enumerable.Range(0, yaw.Length).Select(row => row * 0.2).ToArray(),
        RollDegrees = new float[yaw.Length],
        PitchDegrees = new float[yaw.Length],
        YawDegrees = yaw,
    };
}
