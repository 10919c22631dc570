namespace Telecom.Datasets.Viewport.HeadMotion;

/// <summary>What stays the same throughout one trace.</summary>
/// <param name="FrontYawDegrees">Front direction of the video in degrees of yaw.</param>
/// <param name="FixationSeconds">Mean of the exponential part of a fixation in seconds.</param>
/// <param name="PitchDegrees">Pitch the viewer keeps coming back to.</param>
/// <param name="RollDegrees">Roll the viewer keeps coming back to.</param>
internal sealed record ViewerHabits(double FrontYawDegrees, double FixationSeconds, double PitchDegrees, double RollDegrees);
