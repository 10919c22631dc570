namespace Telecom.Sdk.Metrics;

/// <summary>Angles in degrees on the circle.</summary>
public static class Angles
{
    /// <returns><paramref name="degrees"/> moved by whole turns into (-180, 180].</returns>
    public static double Wrap(double degrees)
    {
        // The remainder is exact for every finite angle; a rounded number of turns would leave the interval for large ones.
        var wrapped = degrees % 360.0;
        return wrapped > 180.0 ? wrapped - 360.0 : wrapped <= -180.0 ? wrapped + 360.0 : wrapped;
    }

    /// <inheritdoc cref="Wrap(double)"/>
    public static float Wrap(float degrees) => (float)Wrap((double)degrees);

    /// <returns>Angle in degrees between two viewing directions, pitch as latitude and yaw as longitude.</returns>
    public static double GreatCircle(double pitchA, double yawA, double pitchB, double yawB)
    {
        var latitudeA = double.DegreesToRadians(pitchA);
        var latitudeB = double.DegreesToRadians(pitchB);
        var longitude = double.DegreesToRadians(yawA - yawB);

        // atan2 of cross and dot product keeps full precision for small and for nearly opposite directions, unlike arccos.
        var (sinA, cosA) = Math.SinCos(latitudeA);
        var (sinB, cosB) = Math.SinCos(latitudeB);
        var (sinL, cosL) = Math.SinCos(longitude);
        var cross = double.Hypot(cosB * sinL, (cosA * sinB) - (sinA * cosB * cosL));
        var dot = (sinA * sinB) + (cosA * cosB * cosL);
        return double.RadiansToDegrees(Math.Atan2(cross, dot));
    }
}
