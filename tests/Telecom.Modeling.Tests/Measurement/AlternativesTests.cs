using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Measurement;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Measurement;

/// <summary>What is compared in speed must give the same answers.</summary>
public sealed class AlternativesTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Loop_with_index_lists_gives_the_states_of_the_mixed_batch()
    {
        using var model = new BaseModel(BenchBase.Weights());
        var adapters = BenchBase.Adapters(2, rank: 8, LinearTargets.Names);
        var tokens = BenchBase.Tokens(1)[..4];
        Tensor[] places = [tensor(new long[] { 0, 2 }), tensor(new long[] { 1, 3 })];
        using var loop = IndexListMethod.Over(adapters, places);

        var mixed = model.Forward(BenchBase.Segments(tokens, adapters));
        var looped = model.Forward([new ForwardSegment(new Embeddings(cat(tokens, 0)), loop)])[0];

        // adapters.md 5.2: 1e-4 between ways to compute a row.
        Assert.InRange(Arrays.MaxDifference(cat(mixed, 0), looped), 0, 1e-4);
        Assert.True(Arrays.MaxDifference(model.Forward(BenchBase.Segments(tokens))[0], mixed[0]) > 1e-2);
        Array.ForEach(adapters, adapter => adapter.Dispose());
    }

    [Fact]
    public void Switching_by_merging_leaves_the_weights_as_they_were()
    {
        using var switching = new MergeSwitch();
        var adapters = BenchBase.Adapters(2, rank: 8, BenchBase.QueryValue);
        var segments = BenchBase.Segments(BenchBase.Tokens(1)[..2], adapters);

        var merged = switching.Run(segments);
        using var model = new BaseModel(BenchBase.Weights());

        Assert.InRange(Arrays.MaxDifference(cat(model.Forward(segments), 0), cat(merged, 0)), 0, 1e-4);
        Assert.Equal(model.Fingerprint, switching.RecomputeFingerprint());
        Array.ForEach(adapters, adapter => adapter.Dispose());
    }

    [Fact]
    public void Suites_have_the_names_of_the_contract() =>
        Assert.Equal(["adapters", "checkpoint", "serving"], MeasurementSuites.All.Select(suite => suite.Name).Order(StringComparer.Ordinal));
}
