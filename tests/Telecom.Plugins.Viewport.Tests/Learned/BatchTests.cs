using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>An answer depends on its own history alone.</summary>
[Collection<LearnedGroup>]
public sealed class BatchTests(LearnedLab lab)
{
    // Specification, section 6.2: 1e-4 degrees in float32.
    private const double Tolerance = 1e-4;

    // The roll-out feeds its rounding back 20 times; 6.2 allows 1e-5 in normalised units, which is 1.8e-3 degrees of yaw.
    private const double RollOutTolerance = 1.8e-3;

    public static TheoryData<string, string, double> Methods() => new()
    {
        { "network", "", Tolerance },
        { "adapted", "residual", Tolerance },
        { "adapted", "netllm", RollOutTolerance },
    };

    public static TheoryData<string, string> Recipes() => new() { { "network", "" }, { "adapted", "residual" }, { "adapted", "netllm" } };

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_batch_of_64_gives_what_single_requests_give(string method, string recipe, double tolerance)
    {
        using var model = Build(method, recipe);

        var alone = lab.Requests.Select(request => model.Predict(request)[0]).ToArray();

        Assert.InRange(Degrees.Distance(alone, model.Predict(lab.Requests)), 0, tolerance);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_order_of_a_batch_does_not_matter(string method, string recipe, double tolerance)
    {
        using var model = Build(method, recipe);
        var order = Enumerable.Range(0, lab.Requests.Length).ToArray();
        new Random(3).Shuffle(order);

        var inOrder = model.Predict(lab.Requests);
        var shuffled = model.Predict([.. order.Select(index => lab.Requests[index])]);

        Assert.InRange(Degrees.Distance([.. order.Select(index => inOrder[index])], shuffled), 0, tolerance);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("adapted")]
    public void Requests_for_fewer_steps_share_a_batch_and_get_the_beginning(string method)
    {
        using var model = Build(method, "residual");
        var request = lab.Requests[0];

        var answers = model.Predict(request, request with { Steps = 3 }, request with { Steps = 1 });

        Assert.Equal([60, 9, 3], answers.Select(answer => answer.Length));
        Assert.InRange(Degrees.Distance(answers[0].AsSpan(0, 9), answers[1]), 0, Tolerance);
        Assert.InRange(Degrees.Distance(answers[0].AsSpan(0, 3), answers[2]), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Forecasts_are_wrapped(string method, string recipe)
    {
        using var model = Build(method, recipe);

        Assert.All(model.Predict(lab.Requests).SelectMany(forecast => forecast), value => Assert.InRange(value, -180f, 180f));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void An_erased_future_changes_nothing(string method, string recipe)
    {
        using var model = Build(method, recipe);
        var trace = lab.Windows.Traces[0];
        var erased = trace with { YawDegrees = Erase(trace.YawDegrees), RollDegrees = Erase(trace.RollDegrees), PitchDegrees = Erase(trace.PitchDegrees) };

        Assert.Equal(model.Predict(First(trace))[0], model.Predict(First(erased))[0]);

        ViewportRequest First(ViewportTrace from) => WindowSet.Cut([from], lab.Windows.Options, GapPolicy.Keep).RequestOf(0);

        float[] Erase(ReadOnlyMemory<float> column) =>
            [.. column.ToArray().Select((value, row) => row < lab.Windows.Options.Head ? value : float.NaN)];
    }

    private LearnedModel Build(string method, string recipe) =>
        (method == "adapted" ? lab.Build(method, ("recipe", recipe)) : lab.Build(method)).Scramble();
}
