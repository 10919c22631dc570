using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>Rows of several tasks in one forward against the same rows alone.</summary>
public sealed class MixedForwardTests
{
    private const int Width = 16;

    // adapters.md 5.2: a row never depends on its neighbours beyond 1e-4 in float32.
    private const double Tolerance = 1e-4;

    [Fact]
    public void Random_compositions_equal_separate_forwards()
    {
        using var model = SmallBase.Model(SmallBase.Grouped);
        var adapters = Adapters(model.Configuration);
        foreach (var trial in Enumerable.Range(0, 60))
        {
            AssertComposition(model, adapters, new Random(trial));
        }

        adapters.ForEach(adapter => adapter?.Dispose());
    }

    [Fact]
    public void Two_tasks_on_the_shipped_base_equal_separate_forwards()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = new BaseModel(BaseInitializer.Nano());
        var options = new AdapterOptions { Rank = 32, Alpha = 32 };
        using var one = TestAdapter.Trained(options, model.Configuration, 1);
        using var two = TestAdapter.Trained(options, model.Configuration, 2);
        ForwardSegment[] segments =
        [
            new(new Embeddings(Arrays.Tokens(1, 4, 15, 256)), one),
            new(new Embeddings(Arrays.Tokens(2, 3, 10, 256)), two),
        ];

        var together = model.Forward(segments);

        Assert.InRange(Arrays.MaxDifference(model.Forward([segments[0]])[0], together[0]), 0, Tolerance);
        Assert.InRange(Arrays.MaxDifference(model.Forward([segments[1]])[0], together[1]), 0, Tolerance);
    }

    [Fact]
    public void Adapter_of_one_task_does_not_reach_the_rows_of_another()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = SmallBase.Model(SmallBase.Plain);
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(4), model.Configuration, 1);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 5, Width));

        var mixed = model.Forward([new(tokens, adapter), new(tokens, null)]);

        Assert.InRange(Arrays.MaxDifference(model.Forward([new(tokens, null)])[0], mixed[1]), 0, 1e-5);
        Assert.True(Arrays.MaxDifference(mixed[0], mixed[1]) > 0.01);
    }

    private static List<LoraAdapter?> Adapters(BaseConfiguration configuration) =>
    [
        null,
        TestAdapter.Trained(TestAdapter.AllTargets(3), configuration, 1),
        TestAdapter.Trained(new AdapterOptions { Rank = 8, Alpha = 16, Dropout = 0 }, configuration, 2),
        TestAdapter.Trained(new AdapterOptions { Rank = 1, Alpha = 1, Dropout = 0, Targets = ["down_proj", "k_proj"] }, configuration, 3),
    ];

    private static void AssertComposition(BaseModel model, List<LoraAdapter?> adapters, Random random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parts = Enumerable.Range(0, random.Next(2, 6)).Select(_ => Part.Draw(model, adapters, random)).ToArray();
        try
        {
            var together = model.Forward([.. parts.Select(part => part.Segment(part.Mixed))]);

            for (var i = 0; i < parts.Length; i++)
            {
                var alone = model.Forward([parts[i].Segment(parts[i].Alone)])[0];
                var real = parts[i].Mask is { } mask ? mask.unsqueeze(-1) : ones(1, @bool);
                Assert.InRange(Arrays.MaxDifference(alone.mul(real), together[i].mul(real)), 0, Tolerance);
                Assert.Equal(parts[i].Alone?.Length, parts[i].Mixed?.Length);
            }
        }
        finally
        {
            foreach (var part in parts)
            {
                part.Mixed?.Dispose();
                part.Alone?.Dispose();
            }
        }
    }

    // One segment of a composition, with two equal caches where it has one.
    private sealed record Part(Tensor Tokens, Tensor? Mask, LoraAdapter? Adapter, KeyValueCache? Mixed, KeyValueCache? Alone)
    {
        public static Part Draw(BaseModel model, List<LoraAdapter?> adapters, Random random)
        {
            var (rows, length, past) = (random.Next(1, 4), random.Next(1, 7), random.Next(0, 4));
            var adapter = adapters[random.Next(adapters.Count)];
            var tokens = Arrays.Tokens((ulong)random.Next(), rows, length, Width);
            var mask = random.Next(3) == 0 ? RandomMask(rows, length, random) : null;
            if (random.Next(2) == 0)
            {
                return new Part(tokens, mask, adapter, null, null);
            }

            var mixed = new KeyValueCache(model.Configuration, rows, 10, CPU);
            var alone = new KeyValueCache(model.Configuration, rows, 10, CPU);
            if (past > 0)
            {
                var prompt = new Embeddings(
                    Arrays.Tokens((ulong)random.Next(), rows, past, Width), random.Next(2) == 0 ? RandomMask(rows, past, random) : null);
                model.Forward([new ForwardSegment(prompt, adapter, mixed)]);
                model.Forward([new ForwardSegment(prompt, adapter, alone)]);
            }

            return new Part(tokens, mask, adapter, mixed, alone);
        }

        public ForwardSegment Segment(KeyValueCache? cache) => new(new Embeddings(Tokens, Mask), Adapter, cache);

        // Padding on a random side of each row; at least one token stays.
        private static Tensor RandomMask(int rows, int length, Random random)
        {
            var values = new bool[rows * length];
            for (var row = 0; row < rows; row++)
            {
                var real = random.Next(1, length + 1);
                values.AsSpan((row * length) + (random.Next(2) * (length - real)), real).Fill(true);
            }

            return tensor(values, [rows, length]);
        }
    }
}
