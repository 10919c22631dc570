namespace Telecom.Datasets.Viewport.HeadMotion;

/// <summary>Head orientation in degrees; yaw is not wrapped, so that motion across ±180° stays continuous.</summary>
internal readonly record struct HeadPose(double Roll, double Pitch, double Yaw)
{
    public static HeadPose operator +(HeadPose a, HeadPose b) => new(a.Roll + b.Roll, a.Pitch + b.Pitch, a.Yaw + b.Yaw);

    public static HeadPose operator *(HeadPose a, double factor) => new(a.Roll * factor, a.Pitch * factor, a.Yaw * factor);

    public static HeadPose operator -(HeadPose a, HeadPose b) => a + (b * -1.0);
}
