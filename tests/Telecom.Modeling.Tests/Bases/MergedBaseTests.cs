using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Adapters;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Bases;

public sealed class MergedBaseTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();
    private readonly BaseModel model = SmallBase.Model(SmallBase.Grouped with { VocabularySize = 11 });

    public static TheoryData<string> Methods => [.. AdapterSamples.Names];

    public void Dispose()
    {
        model.Dispose();
        noGradient.Dispose();
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Base_with_an_adapter_in_it_answers_as_both_together(string name)
    {
        using var adapter = AdapterSamples.Trained(name, model.Weights);
        if (adapter.Kind == AdapterKind.Routed)
        {
            AssertRefused(adapter, "cannot be merged");
            return;
        }

        var tokens = new Embeddings(Arrays.Tokens(1, 2, 5, 16));

        using var merged = new BaseModel(MergedBase.Create(model.Weights, adapter, "merged"));

        // adapters.md 4.1: 1e-4 relative to the largest output.
        var expected = model.Forward([new ForwardSegment(tokens, adapter)])[0];
        var found = merged.Forward([new ForwardSegment(tokens, null)])[0];
        Assert.InRange(Arrays.MaxDifference(expected, found) / expected.abs().max().item<float>(), 0, 1e-4);
        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
        Assert.NotEqual(model.Fingerprint, merged.Fingerprint);
    }

    [Fact]
    public void Merged_base_is_saved_and_read_as_any_other()
    {
        using var folder = new TemporaryFolder();
        using var adapter = AdapterSamples.Trained("lora", model.Weights);
        using var merged = MergedBase.Create(model.Weights, adapter, "merged");

        merged.Save(folder.Path);
        using var again = BaseWeights.Load(folder.Path);

        Assert.Equal(("merged", merged.Fingerprint), (again.Name, again.Fingerprint));
    }

    [Fact]
    public void What_the_architecture_cannot_hold_is_refused()
    {
        var site = LinearSite.Of(model.Weights, 0, "q_proj");
        using var biased = new Adapter(new LoraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 2, Alpha = 2, OutputBias = true })], seed: 1);
        using var infinite = AdapterSamples.Trained("lora", model.Weights);
        infinite.Parameters.Values.First().fill_(float.PositiveInfinity);
        using var vocabulary = new Adapter(
            new LoraMethod(), [], 0, null, new AdaptedVocabulary(VocabularySettings.Of(model.Configuration) with { ReplacesHead = true }, CPU));

        AssertRefused(biased, "adds a bias at model.layers.0.self_attn.q_proj.bias");
        AssertRefused(infinite, "has values that are not finite");
        AssertRefused(vocabulary, "changes embedding or head");
    }

    private void AssertRefused(Adapter adapter, string part)
    {
        var exception = Assert.Throws<TelecomException>(() => MergedBase.Create(model.Weights, adapter, "merged"));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }
}
