using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Adapters.Serving;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>Forwards that compute only the states that are read, against whole ones.</summary>
public sealed class LastStatesTests : IDisposable
{
    // Products over other numbers of rows round differently.
    private const double Tolerance = 1e-5;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public void Last_states_are_those_of_the_whole_forward(int count)
    {
        foreach (var shape in new[] { SmallBase.Grouped, SmallBase.Plain with { Family = BaseFamily.Mistral, SlidingWindow = 3 } })
        {
            using var model = SmallBase.Model(shape);
            using var adapter = MixedAdapters.Create(new DoraMethod(), model.Weights, LinearTargets.Names, 3, 1);
            var tokens = Arrays.Tokens(1, 3, 5, 16);
            var mask = tensor(new[] { false, false, true, true, true, true, true, true, true, true, false, true, true, true, true }, [3, 5]);

            foreach (var embeddings in new[] { new Embeddings(tokens), new Embeddings(tokens, mask) })
            {
                var whole = model.Forward([new ForwardSegment(embeddings, adapter)])[0];
                var last = model.Forward([new ForwardSegment(embeddings with { LastStates = count }, adapter)])[0];

                var kept = Math.Min(count, 5);
                Assert.InRange(Arrays.MaxDifference(whole.narrow(1, 5 - kept, kept), last), 0, Tolerance);
            }
        }
    }

    [Fact]
    public void Segments_that_read_different_numbers_of_states_share_a_forward()
    {
        using var model = SmallBase.Model(SmallBase.Grouped);
        using var one = MixedAdapters.Create(new LoraMethod(), model.Weights, LinearTargets.Names, 3, 1);
        using var two = MixedAdapters.Create(new LoraMethod(), model.Weights, LinearTargets.Names, 2, 2);
        using var cache = new KeyValueCache(model.Configuration, 2, 8, CPU);
        using var twin = new KeyValueCache(model.Configuration, 2, 8, CPU);
        ForwardSegment[] Segments(KeyValueCache stored) =>
        [
            new(new Embeddings(Arrays.Tokens(1, 2, 4, 16)) { LastStates = 1 }, two, stored),
            new(new Embeddings(Arrays.Tokens(2, 3, 4, 16)), one),
            new(new Embeddings(Arrays.Tokens(3, 1, 6, 16)) { LastStates = 2 }, null),
            new(new Embeddings(Arrays.Tokens(4, 2, 6, 16)) { LastStates = 2 }, null),
        ];

        for (var step = 0; step < 2; step++)
        {
            var kept = model.Forward(Segments(cache));
            var whole = model.Forward([.. Segments(twin).Select(segment => segment with { Tokens = segment.Tokens with { LastStates = null } })]);

            long[] counts = [1, 4, 2, 2];
            for (var i = 0; i < kept.Length; i++)
            {
                var states = whole[i].narrow(1, whole[i].shape[1] - counts[i], counts[i]);
                Assert.InRange(Arrays.MaxDifference(states, kept[i]), 0, Tolerance);
            }
        }

        Assert.Equal(8, cache.Length);
    }

    [Fact]
    public void Gradients_reach_the_adapter_through_the_last_states()
    {
        using var gradients = enable_grad();
        using var model = SmallBase.Model(SmallBase.Plain);
        using var adapter = MixedAdapters.Create(new LoraMethod(), model.Weights, LinearTargets.Names, 2, 1);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 5, 16));

        model.Forward([new ForwardSegment(tokens, adapter)])[0].narrow(1, 4, 1).square().sum().backward();
        var whole = adapter.Parameters.Values.Select(parameter => Arrays.Of(parameter.grad!)).ToArray();
        adapter.Parameters.Values.ToList().ForEach(parameter => parameter.grad!.zero_());
        model.Forward([new ForwardSegment(tokens with { LastStates = 1 }, adapter)])[0].square().sum().backward();

        Assert.All(adapter.Parameters.Values.Zip(whole), pair =>
            Assert.InRange(Arrays.MaxDifference(pair.Second, Arrays.Of(pair.First.grad!)), 0, 1e-3 * (1 + pair.Second.Max(Math.Abs))));
    }

    [Fact]
    public void Reading_no_state_is_refused()
    {
        using var model = SmallBase.Model(SmallBase.Plain);

        var refused = Assert.Throws<ArgumentException>(() =>
            model.Forward([new ForwardSegment(new Embeddings(Arrays.Tokens(1, 1, 2, 16)) { LastStates = 0 }, null)]));

        Assert.Contains("At least one state", refused.Message, StringComparison.Ordinal);
    }
}
