using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters.Serving;

/// <summary>Random batches of rows with different adapters against each row alone, on every path.</summary>
public sealed class CompositionTests
{
    private const int Width = 16;
    private const int Compositions = 200;

    // adapters.md 5.2: any composition, order and padding; rows without adapter are those of the base.
    private const double Tolerance = 1e-4;
    private const double BaseTolerance = 1e-5;

    private static readonly BaseConfiguration Biased =
        SmallBase.Grouped with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true };

    public static TheoryData<string> Paths => [.. Choosers];

    private static IEnumerable<string> Choosers => [.. Enum.GetNames<ServingPath>(), "calibrated", "rule of thumb"];

    [Fact]
    public void Every_row_equals_its_own_run_on_every_path()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var alone = new BaseModel(SmallBase.Weights(Biased));
        var mixed = Choosers.Select(path => new BaseModel(SmallBase.Weights(Biased), Chooser(path, alone.Weights))).ToList();
        var adapters = MixedAdapters.All(alone.Weights);

        for (var seed = 0; seed < Compositions; seed++)
        {
            AssertComposition(mixed, alone, adapters, new Random(seed));
        }

        mixed.ForEach(model => model.Dispose());
        adapters.ForEach(adapter => adapter?.Dispose());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Decoding_with_caches_equals_every_row_alone(string path)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var alone = new BaseModel(SmallBase.Weights(SmallBase.Plain));
        using var mixed = new BaseModel(SmallBase.Weights(SmallBase.Plain), Chooser(path, alone.Weights));
        var adapters = MixedAdapters.All(alone.Weights);
        var together = adapters.ConvertAll(_ => new KeyValueCache(alone.Configuration, 1, 8, CPU));
        var single = adapters.ConvertAll(_ => new KeyValueCache(alone.Configuration, 1, 8, CPU));

        for (var step = 0; step < 6; step++)
        {
            var length = step == 0 ? 3 : 1;
            var tokens = adapters.Select((_, row) => Arrays.Tokens((ulong)((step * 20) + row), 1, length, Width)).ToArray();
            var outputs = mixed.Forward([.. tokens.Select((row, i) => new ForwardSegment(new Embeddings(row), adapters[i], together[i]))]);
            for (var i = 0; i < tokens.Length; i++)
            {
                var own = alone.Forward([new ForwardSegment(new Embeddings(tokens[i]), adapters[i], single[i])])[0];
                Assert.InRange(Arrays.MaxDifference(own, outputs[i]), 0, Tolerance);
            }
        }

        together.Concat(single).ToList().ForEach(cache => cache.Dispose());
        adapters.ForEach(adapter => adapter?.Dispose());
    }

    private static IPathChooser Chooser(string path, BaseWeights weights) =>
        Enum.TryParse<ServingPath>(path, out var forced) ? new ForcedPath(forced)
        : path == "calibrated" ? CalibratedPaths.Measure(weights, TimeProvider.System)
        : new RuleOfThumb();

    private static void AssertComposition(List<BaseModel> mixed, BaseModel alone, List<Adapter?> adapters, Random random)
    {
        using var scope = NewDisposeScope();
        var equalLength = random.Next(2) == 0 ? random.Next(1, 9) : 0;
        var rows = Enumerable.Range(0, random.Next(2, 13)).Select(_ => Row.Draw(adapters, equalLength, random)).ToArray();
        var own = rows.Select(row => alone.Forward([row.Segment])[0]).ToArray();
        foreach (var model in mixed)
        {
            // Twice: the second time the stacks exist, whoever chooses.
            model.Forward([.. rows.Select(row => row.Segment)]);
            var outputs = model.Forward([.. rows.Select(row => row.Segment)]);

            for (var i = 0; i < rows.Length; i++)
            {
                var real = rows[i].Segment.Tokens.Mask is { } mask ? mask.unsqueeze(-1) : ones(1, @bool);
                var tolerance = rows[i].Segment.Adapter is null ? BaseTolerance : Tolerance;
                Assert.InRange(Arrays.MaxDifference(own[i].mul(real), outputs[i].mul(real)), 0, tolerance);
            }
        }
    }

    private sealed record Row(ForwardSegment Segment)
    {
        public static Row Draw(List<Adapter?> adapters, int equalLength, Random random)
        {
            var length = equalLength > 0 ? equalLength : random.Next(1, 9);
            var tokens = Arrays.Tokens((ulong)random.Next(), 1, length, Width);
            return new Row(new ForwardSegment(
                new Embeddings(tokens, random.Next(3) == 0 ? Padding(length, random) : null), adapters[random.Next(adapters.Count)]));
        }

        // On either side; at least one token is real.
        private static Tensor Padding(int length, Random random)
        {
            var values = new bool[length];
            var real = random.Next(1, length + 1);
            values.AsSpan(random.Next(2) * (length - real), real).Fill(true);
            return tensor(values, [1, length]);
        }
    }
}
