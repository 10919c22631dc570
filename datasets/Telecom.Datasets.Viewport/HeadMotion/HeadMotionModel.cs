using Telecom.Sdk.Domains;
using Telecom.Sdk.Metrics;

namespace Telecom.Datasets.Viewport.HeadMotion;

/// <summary>
/// A stochastic model of head motion in 360-degree video: a <see cref="GazePath"/> plus an Ornstein–Uhlenbeck tremor per axis,
/// x(t + Δ) = x(t) e^{−Δ/τ} + σ √(1 − e^{−2Δ/τ}) n. Videos differ in front and pace, viewers in pace and posture.
/// </summary>
/// <remarks>
/// Every trace draws from streams keyed by seed, video and user: it does not depend on which other traces exist, nor a longer trace on the length.
/// The constants make the hold and damped-velocity errors resemble those of Jin2022; the model claims no more than that.
/// </remarks>
internal sealed class HeadMotionModel(HeadMotionOptions options, int seed)
{
    private const double MeanFixationSeconds = 2.2;
    private const double TremorSeconds = 1.5;
    private const double LargestRollDegrees = 60.0;
    private const double LargestPitchDegrees = 85.0;

    private static readonly HeadPose TremorDegrees = new(0.9, 0.7, 1.1);

    /// <summary>Makes one trace, rounded to the six decimals of the file format, so that files and memory hold the same numbers.</summary>
    public ViewportTrace Trace(int video, int user)
    {
        var samples = Math.Max(1, (int)Math.Floor(options.Seconds * options.RateHz));
        var (rolls, pitches, yaws) = (new float[samples], new float[samples], new float[samples]);
        var times = new double[samples];
        var path = new GazePath(Habits(video, user), new KeyedRandom(seed, video, user, (int)Stream.Path));
        var tremor = new KeyedRandom(seed, video, user, (int)Stream.Tremor);
        var decay = Math.Exp(-1.0 / (options.RateHz * TremorSeconds));
        var kick = Math.Sqrt(1.0 - (decay * decay));
        var shaking = Shock(tremor);
        for (var i = 0; i < samples; i++)
        {
            times[i] = Math.Round(i / options.RateHz, 6);
            var pose = path.At(i / options.RateHz) + shaking;
            rolls[i] = Rounded(Math.Clamp(pose.Roll, -LargestRollDegrees, LargestRollDegrees));
            pitches[i] = Rounded(Math.Clamp(pose.Pitch, -LargestPitchDegrees, LargestPitchDegrees));
            yaws[i] = Rounded(Angles.Wrap(pose.Yaw));
            shaking = (shaking * decay) + (Shock(tremor) * kick);
        }

        return new()
        {
            Dataset = HeadMotionDataset.Id,
            Video = video,
            User = user,
            RateHz = options.RateHz,
            TimesSeconds = times,
            RollDegrees = rolls,
            PitchDegrees = pitches,
            YawDegrees = yaws,
        };
    }

    private static HeadPose Shock(KeyedRandom random) => new(
        TremorDegrees.Roll * random.Normal(), TremorDegrees.Pitch * random.Normal(), TremorDegrees.Yaw * random.Normal());

    private static float Rounded(double degrees) => (float)Math.Round(degrees, 6);

    private ViewerHabits Habits(int video, int user)
    {
        var content = new KeyedRandom(seed, video, (int)Stream.Video);
        var person = new KeyedRandom(seed, user, (int)Stream.User);
        return new(
            options.FrontYawDegrees + (10.0 * content.Normal()),
            MeanFixationSeconds * Math.Exp((0.4 * content.Normal()) + (0.6 * person.Normal())),
            4.0 * person.Normal(),
            3.0 * person.Normal());
    }

    // Distinct last parts of keys, so that no two purposes share a stream.
    private enum Stream
    {
        Path,
        Tremor,
        Video,
        User,
    }
}
