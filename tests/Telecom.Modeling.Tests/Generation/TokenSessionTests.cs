using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Generation;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Generation;

public sealed class TokenSessionTests : IDisposable
{
    // The same float32 products summed over another number of keys at a time.
    private const double Tolerance = 1e-5;

    private const int New = 6;

    private static readonly Dictionary<string, BaseConfiguration> Shapes = new()
    {
        ["llama"] = SmallBase.Grouped with { VocabularySize = 29, MaxPositions = 40 },
        ["tied"] = SmallBase.SingleKey with { VocabularySize = 29, MaxPositions = 40, TieEmbeddings = true },
        ["qwen2"] = SmallBase.Grouped with { Family = BaseFamily.Qwen2, QueryKeyValueBias = true, VocabularySize = 29, MaxPositions = 40 },
        ["mistral"] = SmallBase.Plain with { Family = BaseFamily.Mistral, SlidingWindow = 3, VocabularySize = 29, MaxPositions = 40 },
        ["gpt2"] = SmallBase.Plain with { Family = BaseFamily.Gpt2, VocabularySize = 29, MaxPositions = 40, TieEmbeddings = true },
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    public static TheoryData<string> ShapeNames => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Generated_tokens_are_those_of_full_recomputation(string shape)
    {
        using var model = SmallBase.Model(Shapes[shape]);
        long[][] prompts = [[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]];
        using var session = new TokenSession(model, [Prompt(model, prompts)], New);

        var generated = session.Generate(New, CancellationToken.None);

        Assert.Equal(prompts.Select(prompt => Recompute(model, null, prompt)), generated);
    }

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Padding_changes_neither_scores_nor_tokens(string shape)
    {
        using var model = SmallBase.Model(Shapes[shape]);
        long[][] prompts = [[3, 1, 4, 1, 5], [9, 2], [6, 5, 3]];
        foreach (var left in new[] { true, false })
        {
            using var session = new TokenSession(model, [Padded(model, prompts, left)], New);
            var scores = session.Logits();

            var generated = session.Generate(New, CancellationToken.None);

            for (var row = 0; row < prompts.Length; row++)
            {
                using var alone = new TokenSession(model, [Prompt(model, [prompts[row]])], 0);
                Assert.InRange(Arrays.MaxDifference(alone.Logits()[0], scores[row]), 0, Tolerance);
                Assert.Equal(Recompute(model, null, prompts[row]), generated[row]);
            }
        }
    }

    [Fact]
    public void Rows_with_and_without_adapter_continue_side_by_side()
    {
        using var model = SmallBase.Model(Shapes["llama"]);
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(2), model.Configuration, 3);
        long[] prompt = [3, 1, 4, 1, 5];
        var segments = new[] { Prompt(model, [prompt]) with { Adapter = adapter }, Prompt(model, [prompt]) };
        using var session = new TokenSession(model, segments, New);

        var generated = session.Generate(New, CancellationToken.None);

        Assert.Equal([Recompute(model, adapter, prompt), Recompute(model, null, prompt)], generated);
        Assert.NotEqual(generated[0], generated[1]);
    }

    [Fact]
    public void Given_positions_go_on_behind_the_last_real_token()
    {
        using var model = SmallBase.Model(Shapes["gpt2"]);
        long[][] prompts = [[3, 1, 4], [9, 2]];
        var padded = Padded(model, prompts, left: true);
        var counted = padded with { PositionIds = tensor(new long[] { 0, 1, 2, 0, 0, 1 }, [2, 3]) };
        var shifted = padded with { PositionIds = counted.PositionIds!.add(7) };

        Assert.Equal(Tokens(model, padded), Tokens(model, counted));

        // Positions of GPT-2 are learned, so others give other tokens.
        Assert.NotEqual(Tokens(model, padded), Tokens(model, shifted));
    }

    [Fact]
    public void Generating_in_parts_gives_the_same_tokens()
    {
        using var model = SmallBase.Model(Shapes["llama"]);
        long[][] prompts = [[3, 1, 4, 1, 5]];
        using var session = new TokenSession(model, [Prompt(model, prompts)], New);

        var parts = session.Generate(1, CancellationToken.None)[0].Concat(session.Generate(New - 1, CancellationToken.None)[0]);

        Assert.Equal(Recompute(model, null, prompts[0]), parts);
        Assert.Equal(New, session.Generated);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Generate(1, CancellationToken.None));
    }

    [Theory]
    [InlineData(40, 1, true)]
    [InlineData(40, 2, false)]
    [InlineData(36, 5, true)]
    [InlineData(36, 6, false)]
    [InlineData(41, 0, false)]
    public void Prompt_and_new_tokens_fit_the_positions_of_the_base_or_are_refused(int length, int count, bool fits)
    {
        using var model = SmallBase.Model(Shapes["gpt2"]);
        var prompt = Prompt(model, [[.. Enumerable.Repeat(5L, length)]]);
        if (!fits)
        {
            Assert.Equal(ErrorCode.SequenceTooLong, Assert.Throws<TelecomException>(() => new TokenSession(model, [prompt], count)).Code);
            return;
        }

        using var session = new TokenSession(model, [prompt], count);
        Assert.Equal(count, session.Generate(count, CancellationToken.None)[0].Length);
    }

    [Fact]
    public void Cancellation_stops_before_the_next_token()
    {
        using var model = SmallBase.Model(Shapes["llama"]);
        using var session = new TokenSession(model, [Prompt(model, [[1, 2]])], New);

        Assert.Throws<OperationCanceledException>(() => session.Generate(New, new CancellationToken(canceled: true)));
        Assert.Equal(0, session.Generated);
    }

    [Fact]
    public void Disposal_frees_every_tensor()
    {
        using var model = SmallBase.Model(Shapes["llama"]);
        var prompt = Padded(model, [[3, 1, 4], [9, 2]], left: false);
        Tokens(model, prompt);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Tokens(model, prompt);
        Assert.Throws<ArgumentException>(() => new TokenSession(model, [prompt, prompt with { Tokens = default }], New));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Greedy_tokens_of_the_recorded_model_are_those_of_the_reference()
    {
        // adapters.md 6, G2.
        var folder = Path.Combine(SharedData.Folder("adapters"), "tiny-llama");
        using var model = new BaseModel(BaseWeights.Load(folder));
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        var greedy = expected.RootElement.GetProperty("greedy");
        using var session = new TokenSession(model, [Prompt(model, [Numbers(greedy.GetProperty("prompt"))])], 12);

        Assert.Equal(Numbers(greedy.GetProperty("new_tokens")), session.Generate(12, CancellationToken.None)[0]);
    }

    private static long[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt64())];

    private static long[][] Tokens(BaseModel model, ForwardSegment prompt)
    {
        using var session = new TokenSession(model, [prompt], New);
        return session.Generate(New, CancellationToken.None);
    }

    // Every token from a forward over the whole sequence, without cache.
    private static long[] Recompute(BaseModel model, LoraAdapter? adapter, long[] prompt)
    {
        var sequence = prompt.ToList();
        while (sequence.Count < prompt.Length + New)
        {
            var hidden = model.Forward([Prompt(model, [[.. sequence]]) with { Adapter = adapter }])[0];
            sequence.Add(model.Logits(hidden)[0, sequence.Count - 1].argmax().item<long>());
        }

        return [.. sequence.Skip(prompt.Length)];
    }

    private static ForwardSegment Prompt(BaseModel model, long[][] rows) =>
        new(new Embeddings(model.Embed(tensor([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length]))), null);

    private static ForwardSegment Padded(BaseModel model, long[][] rows, bool left)
    {
        const long Padding = 11;
        var length = rows.Max(row => row.Length);
        long[][] padded = [.. rows.Select(row =>
        {
            var padding = Enumerable.Repeat(Padding, length - row.Length);
            return left ? padding.Concat(row).ToArray() : [.. row, .. padding];
        })];
        bool[] mask = [.. rows.SelectMany(row => Enumerable.Range(0, length).Select(t => left ? t >= length - row.Length : t < row.Length))];
        var prompt = Prompt(model, padded);
        return prompt with { Tokens = prompt.Tokens with { Mask = tensor(mask, [rows.Length, length]) } };
    }
}
