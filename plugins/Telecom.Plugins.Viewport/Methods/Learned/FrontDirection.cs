using Telecom.Plugins.Viewport.Contracts;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>Where the content of a dataset faces: the circular mean of all yaws of its training traces.</summary>
internal static class FrontDirection
{
    /// <param name="future">[n, 3] degrees: future samples of training windows.</param>
    /// <returns>Circular mean of yaw in degrees.</returns>
    public static double Estimate(ReadOnlySpan<float> future)
    {
        var (sines, cosines) = (0.0, 0.0);
        for (var i = 2; i < future.Length; i += ViewportRequest.Axes)
        {
            var (sine, cosine) = Math.SinCos(double.DegreesToRadians(future[i]));
            sines += sine;
            cosines += cosine;
        }

        return double.RadiansToDegrees(Math.Atan2(sines, cosines));
    }
}
