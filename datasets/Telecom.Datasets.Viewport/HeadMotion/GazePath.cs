namespace Telecom.Datasets.Viewport.HeadMotion;

/// <summary>
/// Where a viewer intends to look: fixations, during which the head drifts or follows something, joined by saccades with a minimum-jerk profile
/// s(τ) = 10τ³ − 15τ⁴ + 6τ⁵ (Flash and Hogan, J. Neurosci. 1985).
/// </summary>
/// <param name="viewer">Habits of the viewer in this video.</param>
/// <param name="random">Source of targets and durations; used event by event, so that the sampling rate does not change the path.</param>
internal sealed class GazePath(ViewerHabits viewer, KeyedRandom random)
{
    private const double TowardsFront = 0.7;
    private const double FrontSpreadDegrees = 20.0;
    private const double ExploreSpreadDegrees = 48.0;
    private const double PitchSpreadDegrees = 5.0;
    private const double RollSpreadDegrees = 9.0;
    private const double ShortestFixationSeconds = 0.5;
    private const double Following = 0.3;
    private const double FollowingDegreesPerSecond = 10.0;
    private const double DriftDegreesPerSecond = 1.5;

    // A head turn of A degrees takes 0.5 s + 8 ms per degree.
    private const double SaccadeBaseSeconds = 0.5;
    private const double SaccadeSecondsPerDegree = 0.008;

    // Heads lean into a turn away from the front.
    private const double LeanPerDegree = 0.08;
    private const double SteepestPitchDegrees = 60.0;

    private HeadPose from;
    private HeadPose target;
    private HeadPose drift;
    private double saccadeStart;
    private double saccadeEnd;
    private double fixationEnd = double.NegativeInfinity;

    /// <param name="timeSeconds">Not before the time of the previous call; 0 or above.</param>
    public HeadPose At(double timeSeconds)
    {
        if (double.IsNegativeInfinity(fixationEnd))
        {
            target = Target(viewer.FrontYawDegrees);
            StartFixation(0);
        }

        while (timeSeconds >= fixationEnd)
        {
            StartSaccade(fixationEnd);
        }

        if (timeSeconds >= saccadeEnd)
        {
            return target + (drift * (timeSeconds - saccadeEnd));
        }

        var tau = (timeSeconds - saccadeStart) / (saccadeEnd - saccadeStart);
        return from + ((target - from) * (tau * tau * tau * (10.0 + (tau * (-15.0 + (6.0 * tau))))));
    }

    private void StartSaccade(double time)
    {
        from = target + (drift * (time - saccadeEnd));
        target = Target(from.Yaw);
        saccadeStart = time;
        StartFixation(time + SaccadeBaseSeconds + (SaccadeSecondsPerDegree * Math.Abs(target.Yaw - from.Yaw)));
    }

    private void StartFixation(double time)
    {
        saccadeEnd = time;
        fixationEnd = time + ShortestFixationSeconds + (viewer.FixationSeconds * random.Exponential());
        var speed = random.Uniform() < Following ? FollowingDegreesPerSecond : DriftDegreesPerSecond;
        drift = new(0, 0.2 * speed * random.Normal(), speed * random.Normal());
    }

    private HeadPose Target(double yawNow)
    {
        // The nearest turn of the front: nobody unwinds a full circle to look ahead again.
        var front = viewer.FrontYawDegrees + (360.0 * Math.Round((yawNow - viewer.FrontYawDegrees) / 360.0));
        var yaw = random.Uniform() < TowardsFront
            ? front + (FrontSpreadDegrees * random.Normal())
            : yawNow + (ExploreSpreadDegrees * random.Normal());
        var pitch = Math.Clamp(viewer.PitchDegrees + (PitchSpreadDegrees * random.Normal()), -SteepestPitchDegrees, SteepestPitchDegrees);
        var roll = viewer.RollDegrees + (LeanPerDegree * (yaw - front)) + (RollSpreadDegrees * random.Normal());
        return new(roll, pitch, yaw);
    }
}
