using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

public sealed class KeyValueCacheTests : IDisposable
{
    private const int Rows = 3;
    private const int Length = 7;
    private const int Width = 16;

    // The same float32 products summed over another number of keys at a time.
    private const double Tolerance = 1e-5;

    private readonly BaseModel model = SmallBase.Model(SmallBase.Grouped);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
    }

    [Theory]
    [InlineData(7)]
    [InlineData(6, 1)]
    [InlineData(1, 6)]
    [InlineData(3, 2, 2)]
    [InlineData(1, 1, 1, 1, 1, 1, 1)]
    public void Decoding_in_parts_equals_one_forward(params int[] parts)
    {
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(2), model.Configuration, 3);
        var tokens = Arrays.Tokens(1, Rows, Length, Width);
        var whole = model.Forward([new ForwardSegment(new Embeddings(tokens), adapter)])[0];
        using var cache = Cache(Length);

        var start = 0;
        foreach (var part in parts)
        {
            var hidden = model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, start, part)), adapter, cache)])[0];
            Assert.InRange(Arrays.MaxDifference(whole.narrow(1, start, part), hidden), 0, Tolerance);
            start += part;
            Assert.Equal(start, cache.Length);
        }
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(4, 1, 2)]
    [InlineData(1, 1, 1, 1, 1, 1, 1)]
    public void Decoding_in_parts_with_a_window_equals_one_forward(params int[] parts)
    {
        using var windowed = SmallBase.Model(SmallBase.Grouped with { Family = BaseFamily.Mistral, SlidingWindow = 3 });
        var tokens = Arrays.Tokens(1, Rows, Length, Width);
        var mask = ones([Rows, Length], @bool);
        mask[1].narrow(0, 0, 2).fill_(false);
        var whole = windowed.Forward([new ForwardSegment(new Embeddings(tokens, mask), null)])[0];
        using var cache = Cache(Length);

        var start = 0;
        foreach (var part in parts)
        {
            var segment = new ForwardSegment(new Embeddings(tokens.narrow(1, start, part), mask.narrow(1, start, part)), null, cache);
            Assert.InRange(Arrays.MaxDifference(whole.narrow(1, start, part), windowed.Forward([segment])[0]), 0, Tolerance);
            start += part;
        }
    }

    [Theory]
    [InlineData(true, 1, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 1, 1)]
    [InlineData(false, 2)]
    public void Decoding_after_a_padded_prompt_equals_each_row_alone(bool left, params int[] parts)
    {
        int[] lengths = [5, 2, 4];
        const int Prompt = 5;
        var rows = lengths.Select((length, row) => Arrays.Tokens((ulong)row + 1, 1, length + 2, Width)).ToArray();
        var (prompt, mask) = (ones([Rows, Prompt, Width]).mul(9), zeros([Rows, Prompt], @bool));
        for (var row = 0; row < Rows; row++)
        {
            var start = left ? Prompt - lengths[row] : 0;
            prompt[row].narrow(0, start, lengths[row]).copy_(rows[row][0].narrow(0, 0, lengths[row]));
            mask[row].narrow(0, start, lengths[row]).fill_(true);
        }

        using var cache = Cache(Prompt + 2);
        model.Forward([new ForwardSegment(new Embeddings(prompt, mask), null, cache)]);
        var done = 0;
        foreach (var part in parts)
        {
            var next = cat([.. rows.Select((row, i) => row.narrow(1, lengths[i] + done, part))], 0);
            var hidden = model.Forward([new ForwardSegment(new Embeddings(next), null, cache)])[0];
            for (var row = 0; row < Rows; row++)
            {
                var alone = model.Forward([new ForwardSegment(new Embeddings(rows[row]), null)])[0];
                Assert.InRange(Arrays.MaxDifference(alone[0].narrow(0, lengths[row] + done, part), hidden[row]), 0, Tolerance);
            }

            done += part;
        }
    }

    [Fact]
    public void Padding_may_come_after_the_first_forward()
    {
        var tokens = Arrays.Tokens(1, 1, 4, Width);
        using var cache = new KeyValueCache(model.Configuration, 1, 5, CPU);
        var padding = ones([1, 1, Width]);

        model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, 0, 2)), null, cache)]);
        var masked = cat([tokens.narrow(1, 2, 1), padding], 1);
        model.Forward([new ForwardSegment(new Embeddings(masked, tensor(new[] { true, false }, [1, 2])), null, cache)]);
        var last = model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, 3, 1)), null, cache)])[0];

        var whole = model.Forward([new ForwardSegment(new Embeddings(tokens), null)])[0];
        Assert.InRange(Arrays.MaxDifference(whole.narrow(1, 3, 1), last), 0, Tolerance);
    }

    [Theory]
    [InlineData(1, 8, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData(2, 8, 2, 1, 2, 1, 1)]
    [InlineData(2, 7, 7)]
    [InlineData(3, 7, 1, 6)]
    [InlineData(4, 8, 4, 3)]
    public void Full_cache_doubles_and_keeps_what_it_holds(int capacity, int grown, params int[] parts)
    {
        var tokens = Arrays.Tokens(1, Rows, Length, Width);
        var mask = ones([Rows, Length], @bool);
        mask[0].narrow(0, 1, 1).fill_(false);
        var whole = model.Forward([new ForwardSegment(new Embeddings(tokens, mask), null)])[0];
        using var cache = Cache(capacity);

        var start = 0;
        foreach (var part in parts)
        {
            // Later parts come without a mask: every token of theirs is real.
            var own = start + part > 2 && start >= 2 ? null : mask.narrow(1, start, part);
            var hidden = model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, start, part), own), null, cache)])[0];
            for (var row = 0; row < Rows; row++)
            {
                var first = row == 0 && start <= 1 ? Math.Min(part, 2 - start) : 0;
                Assert.InRange(
                    part == first ? 0 : Arrays.MaxDifference(whole[row].narrow(0, start + first, part - first), hidden[row].narrow(0, first, part - first)),
                    0,
                    Tolerance);
            }

            start += part;
        }

        Assert.Equal((Length, grown), (cache.Length, cache.Capacity));
    }

    [Fact]
    public void Growing_leaves_no_tensor_behind()
    {
        using var cache = Cache(1);
        long? before = null;
        for (var step = 0; step < 9; step++)
        {
            using (NewDisposeScope())
            {
                model.Forward([new ForwardSegment(new Embeddings(Arrays.Tokens(1, Rows, 1, Width)), null, cache)]);
            }

            before ??= DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(16, cache.Capacity);
    }

    [Fact]
    public void Disposal_frees_every_tensor()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var cache = Cache(4);
        using (NewDisposeScope())
        {
            var tokens = new Embeddings(Arrays.Tokens(1, Rows, 2, Width), ones([Rows, 2], @bool));
            model.Forward([new ForwardSegment(tokens, null, cache)]);
        }

        cache.Dispose();

        // The rotary table of the base stays: two tensors, made by the first forward.
        Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private KeyValueCache Cache(int capacity) => new(model.Configuration, Rows, capacity, CPU);
}
