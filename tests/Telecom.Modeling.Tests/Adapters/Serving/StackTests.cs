using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters.Serving;

public sealed class StackTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    [InlineData(17, 32)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    [InlineData(129, 192)]
    public void Ranks_are_padded_to_their_class(long rank, int expected) => Assert.Equal(expected, FactorStack.ClassOf(rank));

    [Fact]
    public void Stacks_are_made_the_second_time_a_set_comes_and_kept_while_it_stays()
    {
        using var weights = SmallBase.Weights(SmallBase.Plain);
        using var one = MixedAdapters.Create(new LoraMethod(), weights, LinearTargets.Names, 2, 1);
        using var two = MixedAdapters.Create(new LoraMethod(), weights, LinearTargets.Names, 4, 2);
        using var stacks = new FactorStacks(long.MaxValue);

        Assert.Null(stacks.Find([one, two], float32, atOnce: false));
        var made = stacks.Find([one, two], float32, atOnce: false);

        Assert.NotNull(made);
        Assert.Same(made, stacks.Find([one, two], float32, atOnce: false));
        Assert.Null(stacks.Find([one], float32, atOnce: false));
        two.Refresh();
        Assert.NotSame(made, stacks.Find([one, two], float32, atOnce: false));
    }

    [Fact]
    public void Set_that_needs_more_memory_than_there_is_gets_no_stacks()
    {
        using var weights = SmallBase.Weights(SmallBase.Plain);
        using var one = MixedAdapters.Create(new LoraMethod(), weights, LinearTargets.Names, 2, 1);
        using var two = MixedAdapters.Create(new LoraMethod(), weights, LinearTargets.Names, 2, 2);
        using var stacks = new FactorStacks(one.ParameterCount * sizeof(float));

        Assert.Null(stacks.Find([one, two], float32, atOnce: true));
        Assert.NotNull(stacks.Find([one], float32, atOnce: true));
    }

    [Theory]
    [InlineData(ServingPath.Segmented)]
    [InlineData(ServingPath.Gathered)]
    [InlineData(ServingPath.Masked)]
    public void Retrained_adapter_is_served_with_its_new_weights(ServingPath path)
    {
        using var model = new BaseModel(SmallBase.Weights(SmallBase.Plain), new ForcedPath(path));
        using var one = MixedAdapters.Create(new LoraMethod(), model.Weights, LinearTargets.Names, 2, 1);
        using var two = MixedAdapters.Create(new DoraMethod(), model.Weights, LinearTargets.Names, 3, 2);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 3, 16));
        Tensor[] Mixed() => model.Forward([new ForwardSegment(tokens, one), new ForwardSegment(tokens, two)]);

        var before = Mixed();
        AdapterSamples.Perturb(two);
        var after = Mixed();

        Assert.Equal(Arrays.BytesOf(before[0]), Arrays.BytesOf(after[0]));
        Assert.True(Arrays.MaxDifference(before[1], after[1]) > 1e-3);
        Assert.InRange(Arrays.MaxDifference(model.Forward([new ForwardSegment(tokens, two)])[0], after[1]), 0, 1e-4);
    }

    [Theory]
    [InlineData(ServingPath.Segmented)]
    [InlineData(ServingPath.Gathered)]
    [InlineData(ServingPath.Masked)]
    public void Disposing_model_and_adapters_frees_every_tensor(ServingPath path)
    {
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 3, 16));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            using var model = new BaseModel(SmallBase.Weights(SmallBase.Plain), new ForcedPath(path));
            var adapters = MixedAdapters.All(model.Weights);
            for (var i = 0; i < 3; i++)
            {
                model.Forward([.. adapters.Select(adapter => new ForwardSegment(tokens, adapter))]);
                adapters[1]!.Refresh();
            }

            adapters.ForEach(adapter => adapter?.Dispose());
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Calibration_measures_within_its_budget_and_prefers_what_costs_less()
    {
        using var weights = SmallBase.Weights(SmallBase.Plain);
        var clock = new CountingClock();

        var chooser = Assert.IsType<CalibratedPaths>(CalibratedPaths.Measure(weights, clock));

        // On this clock every measurement takes as long as any other, and equal costs leave the batched products, which ragged runs cannot take.
        Assert.Equal(ServingPath.Gathered, chooser.Choose(new MixedShape(false, Runs: 4, Tokens: 16, IsEven: true, Rank: 8)));
        Assert.Equal(ServingPath.Segmented, chooser.Choose(new MixedShape(false, Runs: 4, Tokens: 16, IsEven: false, Rank: 8)));
        Assert.IsType<RuleOfThumb>(CalibratedPaths.Measure(weights, new CountingClock(TimeSpan.FromMilliseconds(30))));
    }

    // Every look at the clock moves it.
    private sealed class CountingClock(TimeSpan? step = null) : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks += (step ?? TimeSpan.FromTicks(10)).Ticks;
    }
}
