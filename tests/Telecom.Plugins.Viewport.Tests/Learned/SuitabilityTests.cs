using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>Which requests a learned method takes, hands over or refuses (section 7).</summary>
[Collection<LearnedGroup>]
public sealed class SuitabilityTests(LearnedLab lab)
{
    public static TheoryData<string, string> Methods() => new() { { "network", "" }, { "adapted", "residual" }, { "adapted", "netllm" } };

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_short_history_goes_to_the_fallback(string method, string recipe)
    {
        using var model = Build(method, recipe);

        var suitability = model.Method.Examine(Cut(lab.Requests[0], 9));

        Assert.Equal(SuitabilityKind.FallBack, suitability.Kind);
        Assert.Equal("/samples", suitability.Pointer);
        Assert.Contains("10 samples", suitability.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_history_of_another_rate_goes_to_the_fallback(string method, string recipe)
    {
        using var model = Build(method, recipe);

        var suitability = model.Method.Examine(lab.Requests[0] with { RateHz = 10 });

        Assert.Equal(SuitabilityKind.FallBack, suitability.Kind);
        Assert.Contains("trained at 5 Hz", suitability.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_full_history_and_the_trained_horizon_are_suitable(string method, string recipe)
    {
        using var model = Build(method, recipe);

        Assert.Equal(SuitabilityKind.Suitable, model.Method.Examine(lab.Requests[0]).Kind);
        Assert.Equal(SuitabilityKind.Suitable, model.Method.Examine(lab.Requests[0] with { Steps = 1 }).Kind);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("adapted")]
    public void More_steps_than_were_trained_are_refused_by_the_residual_recipe(string method)
    {
        using var model = Build(method, "residual");

        var suitability = model.Method.Examine(lab.Requests[0] with { Steps = 21 });

        Assert.Equal(SuitabilityKind.Refused, suitability.Kind);
        Assert.Equal("/steps", suitability.Pointer);
        Assert.Contains("20", suitability.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_papers_recipe_rolls_on_instead()
    {
        using var model = Build("adapted", "netllm");

        Assert.Equal(SuitabilityKind.Suitable, model.Method.Examine(lab.Requests[0] with { Steps = 100 }).Kind);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_longer_history_counts_from_its_end(string method, string recipe)
    {
        using var model = Build(method, recipe);
        var recent = lab.Requests[0];
        float[] older = [.. Enumerable.Range(0, 15).Select(i => i * 3f), .. recent.HistoryDegrees.Span];

        var answer = model.Predict(recent with { HistoryDegrees = older })[0];

        Assert.Equal(model.Predict(recent)[0], answer);
    }

    private LearnedModel Build(string method, string recipe) =>
        (method == "adapted" ? lab.Build(method, ("recipe", recipe)) : lab.Build(method)).Scramble();

    private static ViewportRequest Cut(ViewportRequest request, int samples) => request with { HistoryDegrees = request.Latest(samples).ToArray() };
}
