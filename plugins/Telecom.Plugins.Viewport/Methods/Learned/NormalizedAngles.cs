using Telecom.Plugins.Viewport.Contracts;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>NetLLM's normalisation: roll/180, pitch/90, yaw/180.</summary>
internal static class NormalizedAngles
{
    private static ReadOnlySpan<float> Scales => [180f, 90f, 180f];

    /// <param name="degrees">[n, 3].</param>
    /// <param name="normalized">[n, 3], written.</param>
    public static void Write(ReadOnlySpan<float> degrees, Span<float> normalized)
    {
        for (var i = 0; i < degrees.Length; i++)
        {
            normalized[i] = degrees[i] / Scales[i % ViewportRequest.Axes];
        }
    }

    /// <param name="normalized">[n, 3].</param>
    /// <returns>[n, 3] degrees.</returns>
    public static float[] ToDegrees(ReadOnlySpan<float> normalized)
    {
        var degrees = new float[normalized.Length];
        for (var i = 0; i < degrees.Length; i++)
        {
            degrees[i] = normalized[i] * Scales[i % ViewportRequest.Axes];
        }

        return degrees;
    }
}
