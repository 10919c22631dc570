using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Rows of adapters of every kind in one forward.</summary>
public sealed class MixedMethodsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Rows_of_every_method_share_one_forward_in_any_order(int seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = SmallBase.Model(SmallBase.Grouped);
        var random = new Random(seed);
        var adapters = AdapterSamples.Names.Select(name => AdapterSamples.Trained(name, model.Weights)).Append(null).ToArray();
        var segments = Enumerable.Range(0, adapters.Length + 3).Select(index => new ForwardSegment(
            new Embeddings(Arrays.Tokens((ulong)index, random.Next(1, 3), random.Next(1, 7), 16)), adapters[index % adapters.Length])).ToArray();
        random.Shuffle(segments);

        var together = model.Forward(segments);

        // adapters.md 5.2: a row never depends on its neighbours beyond 1e-4 in float32, plain rows not beyond 1e-5.
        foreach (var (segment, answer) in segments.Zip(together))
        {
            var alone = model.Forward([segment])[0];
            Assert.InRange(Arrays.MaxDifference(alone, answer), 0, segment.Adapter is null ? 1e-5 : 1e-4);
        }

        foreach (var adapter in adapters)
        {
            adapter?.Dispose();
        }
    }
}
