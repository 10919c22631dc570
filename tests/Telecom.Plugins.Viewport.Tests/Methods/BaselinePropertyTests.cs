using FsCheck;
using FsCheck.Fluent;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Methods;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Tests.Methods;

public sealed class BaselinePropertyTests
{
    private static readonly Arbitrary<float[]> Histories = Gen.Choose(2, 100)
        .SelectMany(rows => Gen.Choose(-17_999, 18_000).Select(hundredths => hundredths / 100f).ArrayOf(rows * Requests.Axes))
        .ToArbitrary();

    public static TheoryData<string> Methods =>
        ["hold", "damped-velocity", "velocity", "velocity-unwrap", "linear-regression", "linear-regression-unwrap"];

    [Fact]
    public void The_closed_form_equals_twenty_refits_of_the_reference()
    {
        // Slopes reach 360 per step over 20 steps; float32 output carries 1e-4 at 2000 degrees.
        Prop.ForAll(Histories, history =>
        {
            var forecast = Requests.Predict("linear-regression", Requests.Of(history, 20));
            for (var axis = 0; axis < Requests.Axes; axis++)
            {
                var refits = Refits([.. history.Where((_, i) => i % Requests.Axes == axis).Select(value => (double)value)], 20);
                for (var k = 1; k <= refits.Length; k++)
                {
                    Assert.Equal(refits[k - 1], forecast.At(k, axis), Math.Max(1e-4, 1e-6 * Math.Abs(refits[k - 1])));
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_batch_gives_what_single_requests_give(string name)
    {
        var method = Requests.Analytic(name);
        var random = new System.Random(7);
        var batch = Enumerable.Range(0, 40)
            .Select(i => Requests.Of([.. Enumerable.Range(0, (2 + (i % 30)) * 3).Select(_ => (random.NextSingle() * 360) - 180)], 1 + i))
            .ToArray();
        var together = new ViewportForecast[batch.Length];

        method.Predict(batch, together);

        for (var i = 0; i < batch.Length; i++)
        {
            Assert.Equal(Requests.Predict(method, batch[i]).RawDegrees.ToArray(), together[i].RawDegrees.ToArray());
            Assert.Equal(batch[i].Steps, together[i].Steps);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_single_sample_is_held(string name)
    {
        var forecast = Requests.Predict(name, Requests.Of([10, -20, 179], 3));

        Assert.Equal([10, -20, 179, 10, -20, 179, 10, -20, 179], forecast.RawDegrees.ToArray());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Only_the_window_counts(string name)
    {
        float[] window = [1, 2, 3, 4, 4, 4, 9, 5, 0];
        var longer = Requests.Of([90, 80, -70, .. window], 5) with { WindowSamples = 3 };

        Assert.Equal(
            Requests.Predict(name, Requests.Of(window, 5)).RawDegrees.ToArray(),
            Requests.Predict(name, longer).RawDegrees.ToArray());
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("damped-velocity")]
    [InlineData("velocity-unwrap")]
    [InlineData("linear-regression-unwrap")]
    public void Turning_the_viewer_turns_the_answer(string name)
    {
        // Arithmetic on float32 inputs below 180: 1e-5 per value, times at most 100 steps.
        const double Tolerance = 2e-3;
        var random = new System.Random(3);
        for (var repetition = 0; repetition < 50; repetition++)
        {
            var history = Walk(random, 10);
            var shift = (random.NextSingle() * 720) - 360;
            var turned = history.Select((value, i) => i % 3 == 2 ? Angles.Wrap(value + shift) : value).ToArray();

            var plain = Requests.Predict(name, Requests.Of(history, 20));
            var shifted = Requests.Predict(name, Requests.Of(turned, 20));

            for (var k = 1; k <= 20; k++)
            {
                Assert.Equal(0, Angles.Wrap((double)shifted.At(k, 2) - plain.At(k, 2) - shift), Tolerance);
                Assert.Equal(plain.At(k, 0), shifted.At(k, 0));
            }
        }
    }

    [Fact]
    public void Errors_on_the_circle_do_not_see_whole_turns()
    {
        var turns = Gen.Choose(-20, 20).Zip(Gen.Choose(-18_000, 18_000)).Zip(Gen.Choose(-18_000, 18_000)).ToArbitrary();
        Prop.ForAll(turns, values =>
        {
            var ((turn, predicted), truth) = values;
            var (p, g) = (predicted / 100.0, truth / 100.0);
            Assert.Equal(WindowErrors.Circular(p, g), WindowErrors.Circular(p + (360.0 * turn), g), 1e-9);
            Assert.Equal(WindowErrors.Circular(p, g), WindowErrors.Reference(p, g), 1e-9);
            Assert.InRange(Angles.Wrap(p + (360.0 * turn)), -180 + 1e-12, 180);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_forecast_starts_one_step_after_the_last_sample()
    {
        var forecast = Requests.Predict(new Hold(), Requests.Of([0, 0, 0], 4));

        Assert.Equal(2.2, forecast.FirstTimeSeconds, 1e-12);
        Assert.Equal(4, forecast.Steps);
    }

    /// <summary>The reference: fit a line, append its next point, fit again.</summary>
    private static double[] Refits(List<double> values, int steps)
    {
        var predictions = new double[steps];
        for (var k = 0; k < steps; k++)
        {
            var n = values.Count;
            var (sumX, sumY, sumXx, sumXy) = (0.0, 0.0, 0.0, 0.0);
            for (var x = 0; x < n; x++)
            {
                (sumX, sumY, sumXx, sumXy) = (sumX + x, sumY + values[x], sumXx + ((double)x * x), sumXy + (x * values[x]));
            }

            var slope = ((n * sumXy) - (sumX * sumY)) / ((n * sumXx) - (sumX * sumX));
            predictions[k] = ((sumY - (slope * sumX)) / n) + (slope * n);
            values.Add(predictions[k]);
        }

        return predictions;
    }

    private static float[] Walk(System.Random random, int rows)
    {
        var history = new float[rows * 3];
        for (var i = 3; i < history.Length; i++)
        {
            history[i] = Angles.Wrap(history[i - 3] + (random.NextSingle() * 40) - 20);
        }

        return history;
    }
}
