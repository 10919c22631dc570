using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

/// <summary>Adapters that start from the data they will be trained on.</summary>
public sealed class MeasuredStartTests : IDisposable
{
    private static readonly AdapterOptions Options = new() { Rank = 2, Alpha = 4, Dropout = 0, Targets = ["q_proj", "down_proj"] };
    private static readonly TrainingOptions Training = new() { Epochs = 5, BatchSize = 6, LearningRate = 0.02, WarmUp = 0.25 };

    private readonly BaseModel model = SmallBase.Model(SmallBase.Plain);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly ToyModules modules = new(16);

    public MeasuredStartTests() => modules.eval();

    public void Dispose()
    {
        modules.Dispose();
        scope.Dispose();
        model.Dispose();
    }

    [Theory]
    [InlineData("eva")]
    [InlineData("lora-sb")]
    public void Equal_seeds_measure_equal_starts_and_leave_the_base_alone(string method)
    {
        // The first forward fills the base's table of positions.
        model.Forward([new ForwardSegment(new Embeddings(Arrays.Tokens(1, 1, 2, 16)), null)])[0].Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var first = Measured(method, seed: 3).Adapter)
        using (var second = Measured(method, seed: 3).Adapter)
        {
            var bytes = first.Parameters.Values.Concat(Frozen(first)).SelectMany(Arrays.BytesOf).ToArray();
            Assert.Equal(bytes, second.Parameters.Values.Concat(Frozen(second)).SelectMany(Arrays.BytesOf));
            Assert.Equal(method, first.Method.Name);
        }

        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
        Assert.All(model.Weights.Tensors.Values, weight => Assert.Null(weight.grad));
        modules.zero_grad(set_to_none: true);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Eva_starts_from_inputs_of_the_layers_within_the_budget_of_ranks()
    {
        using var adapter = Measured("eva", seed: 3).Adapter;

        Assert.Equal(2 * 4, adapter.Placements.Sum(placement => placement.Settings.Rank));
        foreach (var placement in adapter.Placements)
        {
            var linear = adapter.Linear(placement.Site.Layer, placement.Site.Target)!;
            var a = linear.Parameters["lora_A.weight"];
            Assert.InRange(Arrays.MaxDifference(eye(a.shape[0]), a.mm(a.t())), 0, 1e-5);
            Assert.Equal(2, placement.Settings.Scale, 1e-12);
        }
    }

    [Fact]
    public void Lora_sb_starts_with_the_first_step_of_the_run_at_its_rank()
    {
        var (adapter, batches) = Measured("lora-sb", seed: 3);
        using var owned = adapter;
        var linear = adapter.Linear(0, "q_proj")!;

        // 24 examples in batches of 6, each once. η = 0.02 / (0.25 · 5 · 4) = 0.004; the singular values of a sign matrix of 16 by 16 have squares
        // that add up to 256 η².
        Assert.Equal(4, batches);
        Assert.InRange(linear.Parameters["sb_R"].norm().item<float>(), 0.004 * Math.Sqrt(2 * 256.0 / 16), 0.004 * 16);
        Assert.Equal(4, adapter.Placements.Count);
    }

    [Fact]
    public void Batches_with_too_few_tokens_are_refused_with_the_setting_that_helps()
    {
        using var data = new ToyData(modules, examples: 1);
        using var start = new MeasuredStart(Options with { Method = "eva", Rank = 8 }, model, data, Training with { BatchSize = 1 }, seed: 1);
        while (start.Advance())
        {
        }

        var exception = Assert.Throws<TelecomException>(start.Finish);

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.Contains("needs batches of at least 16 tokens at rank 8", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_examples_are_refused()
    {
        using var data = new ToyData(modules, examples: 0);

        var exception = Assert.Throws<TelecomException>(() => new MeasuredStart(Options with { Method = "eva" }, model, data, Training, seed: 1));

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
    }

    private static IEnumerable<Tensor> Frozen(Adapter adapter) => adapter.Placements.SelectMany(placement =>
        adapter.Linear(placement.Site.Layer, placement.Site.Target)!.Buffers.Values);

    private (Adapter Adapter, int Batches) Measured(string method, int seed)
    {
        using var data = new ToyData(modules);
        using var start = new MeasuredStart(Options with { Method = method }, model, data, Training, seed);
        var batches = 1;
        while (start.Advance())
        {
            batches++;
        }

        return (start.Finish(), batches);
    }
}
