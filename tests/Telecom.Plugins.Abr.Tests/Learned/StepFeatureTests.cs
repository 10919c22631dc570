using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Methods.Learned;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Abr.Tests.Learned;

public sealed class StepFeatureTests
{
    // Values of about 1 in float32, some from float32 observations.
    private const double Rounding = 1e-5;

    [Fact]
    public async Task Features_are_what_the_request_says()
    {
        var video = await Samples.SampleVideoAsync();
        var settings = LearnedLab.SettingsOf("network", []);
        var recipe = PolicyRecipe.From(new MethodSetup(settings, 0)) with { Returns = new(-2, 4, 0.03, Telecom.Plugins.Abr.Pool.ReturnScaling.Unit) };
        var features = new StepFeatures(recipe, video.BitratesKbps.ToArray());
        var request = new AbrRequest
        {
            Video = video,
            Profile = AbrProfile.NetLlm,
            Chunk = 45,
            LastLevel = 3,
            BufferSeconds = 6,
            Played = new PlayedChunk[] { Chunk(43, 2, 5e5, 2000), Chunk(44, 3, 3e5, 3000) },
            TargetScale = 0.5,
        };
        var values = new float[features.Count];

        features.Write(RequestWindow.Of([request], recipe), 0, 1, values);

        // 0.25 and 0.1 MB/s, of which the harmonic mean is 1/7 MB/s.
        Assert.Equal(59, features.Count);
        Assert.Equal([0, 0, 0, 1, 0, 0], values[..6]);
        AssertClose([0.6, 0.75, 3 / 48.0, 0.5], values[6..10]);
        AssertClose([(Math.Log(0.1) + 2) / 2, 0.4, 0.75, (Math.Log(0.25) + 2) / 2, 1, 0.5, 0], values[11..18]);
        for (var level = 0; level < 6; level++)
        {
            var size = video.SizesMegabytes(45)[level];
            AssertClose([size, Math.Clamp((6 - (7 * size)) / 10, -2, 2)], [values[47 + level], values[53 + level]]);
        }
    }

    private static PlayedChunk Chunk(int chunk, int level, double size, double delayMs) =>
        new() { Chunk = chunk, Level = level, SizeBytes = size, DelayMs = delayMs, BufferSeconds = 6 };

    private static void AssertClose(double[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Rounding));
}
