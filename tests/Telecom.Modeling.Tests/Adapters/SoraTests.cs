using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class SoraTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Step_ends_with_the_soft_threshold()
    {
        // adapters.md 6, G7; float32 rounding of numbers below one.
        using var adapter = Create(new SoraThreshold(0.1), rank: 5);
        var gate = Gate(adapter);
        gate.copy_(tensor(new[] { 0.3f, -0.05f, 0.15f, -0.2f, 0.1f }));

        adapter.AfterStep(new AdapterStep(0, 10));

        Assert.InRange(Arrays.MaxDifference([0.2f, 0, 0.05f, -0.1f, 0], Arrays.Of(gate)), 0, 1e-7);
    }

    [Fact]
    public void Soft_threshold_is_that_of_the_data()
    {
        var vector = MethodVectors.Of("sora_prox");

        var thresholded = SoraMethod.SoftThreshold(vector.GetProperty("gate").Row(), vector.GetProperty("lam").GetDouble());

        Assert.InRange(Arrays.MaxDifference(vector.GetProperty("soft_threshold").Row(), thresholded), 0, 1e-7);
    }

    [Theory]
    [InlineData(SoraSchedule.Linear, 0.5, 0.505)]
    [InlineData(SoraSchedule.LogLinear, 0.5, 0.6228138)]
    [InlineData(SoraSchedule.ExpLinear, 0.5, 0.1)]
    [InlineData(SoraSchedule.Linear, 1, 1)]
    [InlineData(SoraSchedule.LogLinear, 1, 1)]
    [InlineData(SoraSchedule.ExpLinear, 1, 1)]
    public void Threshold_moves_from_first_to_last(SoraSchedule schedule, double progress, double expected)
    {
        // Half-way from 0.01 to 1: the mean; ln((e^0.01 + e) / 2) = 0.6228; and √(0.01 · 1) = 0.1.
        var threshold = new SoraThreshold(0.01, 1, schedule);

        Assert.Equal(expected, threshold.At(progress), 1e-6);
        Assert.Equal(0.01, threshold.At(0), 1e-12);
    }

    [Fact]
    public void Closed_gates_are_left_out_of_what_is_served_and_exported()
    {
        using var adapter = Create(new SoraThreshold(), rank: 5);
        AdapterSamples.Perturb(adapter);
        var linear = adapter.Linear(0, "up_proj")!;
        Gate(adapter).copy_(tensor(new[] { 0.3f, 0, 0.15f, -0.2f, 0 }));
        var x = tensor(Arrays.Normal(3, 8), [2, 4]);

        var factors = linear.LowRank()!;

        Assert.Equal([3, 4], factors.A.shape);
        Assert.Equal([6, 3], factors.B.shape);
        var served = nn.functional.linear(nn.functional.linear(x, factors.A), factors.B);
        Assert.InRange(Arrays.MaxDifference(linear.Delta(x, null, training: false)!, served), 0, 1e-6);

        Gate(adapter).zero_();
        Assert.Equal(1, linear.LowRank()!.A.shape[0]);
        Assert.All(Arrays.Of(linear.DeltaWeight()), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("lambda", -1.0, "lambda is -1, but must be a number from")]
    [InlineData("schedule", 3.0, "schedule is 3, but must be a whole number from 0 to 2")]
    [InlineData("schedule", 0.5, "schedule is 0.5, but must be a whole number")]
    [InlineData("gamma", 1.0, "it has no option 'gamma'; known are lambda, last-lambda, schedule")]
    public void Options_out_of_range_are_refused(string name, double value, string part)
    {
        var exception = Assert.Throws<TelecomException>(() => AdapterMethods.Create("sora", new Dictionary<string, double> { [name] = value }));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    private static Adapter Create(SoraThreshold threshold, int rank) => new(
        new SoraMethod(threshold), [new AdapterPlacement(AdapterSamples.Site(6, 4), new LinearSettings { Rank = rank, Alpha = rank })], seed: 1);

    private static Tensor Gate(Adapter adapter) => adapter.Linear(0, "up_proj")!.Parameters["sora_gate"];
}
