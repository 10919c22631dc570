using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Testing;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>The residual recipe starts as the hold baseline: its head is zero.</summary>
[Collection<LearnedGroup>]
public sealed class UntrainedModelTests(LearnedLab lab)
{
    // Specification, section 6.1.1.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("network")]
    [InlineData("adapted")]
    public void An_untrained_model_answers_as_hold_does(string method)
    {
        using var model = lab.Build(method);
        var hold = lab.Requests.Select(request => Requests.Predict("hold", request).RawDegrees.ToArray()).ToArray();

        Assert.InRange(Degrees.Distance(hold, model.Predict(lab.Requests)), 0, Tolerance);
    }

    [Fact]
    public async Task An_untrained_model_without_a_base_answers_as_hold_does()
    {
        using var model = lab.Build("adapted", await lab.Services.Bases.GetAsync("none"));
        var hold = lab.Requests.Select(request => Requests.Predict("hold", request).RawDegrees.ToArray()).ToArray();

        Assert.Null(model.Loaded.Adapter);
        Assert.InRange(Degrees.Distance(hold, model.Predict(lab.Requests)), 0, Tolerance);
    }

    [Theory]
    [InlineData("network", "Jin2022")]
    [InlineData("adapted", "Jin2022")]
    [InlineData("network", "Wu2017")]
    [InlineData("adapted", "Wu2017")]
    public async Task Untrained_errors_on_measured_traces_equal_those_of_hold(string method, string dataset)
    {
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, SharedData.Folder("viewport"), [("dataset", dataset), ("step", "60")]);
        using var model = lab.Build(method);

        var untrained = run.Score(model.Scored, null, null, TestContext.Current.CancellationToken).Metrics;
        var hold = run.Score("hold").Metrics;

        Assert.Equal(hold["mae_ref"], untrained["mae_ref"], Tolerance);
        Assert.Equal(hold["mae_circular"], untrained["mae_circular"], Tolerance);
    }
}
