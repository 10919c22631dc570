using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

public sealed class BaseModelTests : IDisposable
{
    private const int Width = 16;

    // Two orders of summation of the same float32 products.
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
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void Changing_a_token_changes_nothing_before_it_and_everything_from_it_on(int changed)
    {
        var tokens = Arrays.Tokens(1, 2, 7, Width);
        var other = tokens.clone();
        other.narrow(1, changed, 1).mul_(-2);

        var (before, after) = (Forward(tokens), Forward(other));

        Assert.Equal(0, Arrays.MaxDifference(before.narrow(1, 0, changed), after.narrow(1, 0, changed)), 1e-6);
        Assert.All(
            Enumerable.Range(changed, 7 - changed),
            t => Assert.True(Arrays.MaxDifference(before.narrow(1, t, 1), after.narrow(1, t, 1)) > 1e-3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padding_changes_no_real_position(bool left)
    {
        int[] lengths = [6, 1, 4];
        var rows = lengths.Select((length, row) => Arrays.Tokens((ulong)row + 1, 1, length, Width)).ToArray();
        var padded = ones([3, 6, Width]).mul(9);
        var mask = zeros([3, 6], @bool);
        for (var row = 0; row < rows.Length; row++)
        {
            var start = left ? 6 - lengths[row] : 0;
            padded[row].narrow(0, start, lengths[row]).copy_(rows[row][0]);
            mask[row].narrow(0, start, lengths[row]).fill_(true);
        }

        var together = Forward(padded, mask);

        for (var row = 0; row < rows.Length; row++)
        {
            var real = together[row].narrow(0, left ? 6 - lengths[row] : 0, lengths[row]);
            Assert.InRange(Arrays.MaxDifference(Forward(rows[row])[0], real), 0, Tolerance);
        }
    }

    [Fact]
    public void Wholly_masked_row_gives_finite_numbers_and_leaves_its_neighbours_alone()
    {
        var tokens = Arrays.Tokens(1, 2, 5, Width);
        var mask = ones([2, 5], @bool);
        mask[0].fill_(false);

        var hidden = Forward(tokens, mask);

        Assert.True(hidden.isfinite().all().item<bool>());
        Assert.InRange(Arrays.MaxDifference(Forward(tokens.narrow(0, 1, 1)), hidden.narrow(0, 1, 1)), 0, Tolerance);
    }

    [Fact]
    public void Gradient_through_left_padding_is_finite_and_zero_on_padding()
    {
        using var gradients = enable_grad();
        var tokens = Arrays.Tokens(1, 1, 5, Width).requires_grad_();
        var mask = tensor(new[] { false, false, true, true, true }, [1, 5]);

        Forward(tokens, mask).narrow(1, 2, 3).square().sum().backward();

        var gradient = tokens.grad!;
        Assert.True(gradient.isfinite().all().item<bool>());
        Assert.Equal(0, gradient.narrow(1, 0, 2).abs().max().item<float>());
        Assert.True(gradient.narrow(1, 2, 3).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Hidden_states_have_the_shape_of_the_tokens()
    {
        var hidden = model.Forward([Segment(Arrays.Tokens(1, 3, 4, Width)), Segment(Arrays.Tokens(2, 1, 9, Width))]);

        Assert.Equal([3, 4, Width], hidden[0].shape);
        Assert.Equal([1, 9, Width], hidden[1].shape);
    }

    [Fact]
    public void Backbone_of_a_method_gives_what_the_base_gives()
    {
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(2), model.Configuration, 3);
        var tokens = Arrays.Tokens(1, 2, 4, Width);

        var hidden = new AdaptedBackbone(model, adapter).Forward(new Embeddings(tokens));

        Assert.Equal(Arrays.BytesOf(model.Forward([new ForwardSegment(new Embeddings(tokens), adapter)])[0]), Arrays.BytesOf(hidden));
        Assert.Equal(Width, new AdaptedBackbone(model, adapter).Width);
    }

    [Fact]
    public void No_backbone_hands_the_tokens_on()
    {
        var tokens = Arrays.Tokens(1, 2, 4, Width);

        var hidden = new NoBackbone(Width).Forward(new Embeddings(tokens));

        Assert.Equal(Arrays.Of(tokens), Arrays.Of(hidden));
        hidden.Dispose();
        Assert.False(tokens.IsInvalid);
    }

    public static TheoryData<string, string> MisshapenSegments => new()
    {
        { "wide", "must be [B, T, 16] in Float32" },
        { "flat", "must be [B, T, 16] in Float32" },
        { "double", "Float64" },
        { "no rows", "at least one row" },
        { "no tokens", "at least one row and one token" },
        { "missing", "are missing" },
        { "mask length", "must be [2, 3] in Bool" },
        { "mask type", "must be [2, 3] in Bool" },
        { "position shape", "Positions must be [2, 3] in Int64 and not negative, but are [2, 4] in Int64" },
        { "position type", "Positions must be [2, 3] in Int64" },
        { "negative position", "not negative" },
        { "cache rows", "The cache holds 1 rows, but the tokens have 2" },
    };

    [Theory]
    [MemberData(nameof(MisshapenSegments))]
    public void Segment_that_does_not_fit_is_refused_by_name(string defect, string part)
    {
        using var narrowCache = new KeyValueCache(model.Configuration, 1, 8, CPU);
        var good = Arrays.Tokens(1, 2, 3, Width);
        var segment = defect switch
        {
            "wide" => Segment(Arrays.Tokens(1, 2, 3, Width + 1)),
            "flat" => Segment(good.view(6, Width)),
            "double" => Segment(good.to(float64)),
            "no rows" => Segment(zeros([0, 3, Width])),
            "no tokens" => Segment(zeros([2, 0, Width])),
            "missing" => Segment(null!),
            "mask length" => Segment(good, ones([2, 4], @bool)),
            "mask type" => Segment(good, ones([2, 3], int64)),
            "position shape" => Segment(good) with { PositionIds = zeros([2, 4], int64) },
            "position type" => Segment(good) with { PositionIds = zeros([2, 3], int32) },
            "negative position" => Segment(good) with { PositionIds = zeros([2, 3], int64).sub(1) },
            _ => Segment(good) with { Cache = narrowCache },
        };

        var exception = Assert.Throws<ArgumentException>(() => model.Forward([Segment(good), segment]));

        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, narrowCache.Length);
    }

    [Fact]
    public void Given_positions_replace_those_counted()
    {
        var tokens = Arrays.Tokens(1, 2, 4, Width);
        var counted = arange(4, int64).unsqueeze(0).expand(2, 4);

        var plain = Forward(tokens);
        var same = model.Forward([Segment(tokens) with { PositionIds = counted }])[0];
        var shifted = model.Forward([Segment(tokens) with { PositionIds = counted.add(100) }])[0];
        var stretched = model.Forward([Segment(tokens) with { PositionIds = counted.mul(2) }])[0];

        // Rotary attention depends on distances only; a shift by 100 costs some float32 digits of the angles.
        Assert.Equal(Arrays.BytesOf(plain), Arrays.BytesOf(same));
        Assert.InRange(Arrays.MaxDifference(plain, shifted), 0, 1e-4);
        Assert.True(Arrays.MaxDifference(plain, stretched) > 1e-3);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(long.MaxValue - 1)]
    public void Position_beyond_any_sequence_is_refused_before_a_table_grows(long position)
    {
        var tokens = Segment(Arrays.Tokens(1, 1, 1, Width)) with { PositionIds = tensor(new[] { position }, [1, 1]) };

        Assert.Equal(ErrorCode.SequenceTooLong, Assert.Throws<TelecomException>(() => model.Forward([tokens])).Code);
    }

    [Fact]
    public void Base_without_vocabulary_has_neither_embeddings_nor_logits()
    {
        Assert.Equal(ErrorCode.Unprocessable, Assert.Throws<TelecomException>(() => model.Embed(zeros([1, 2], int64))).Code);
        Assert.Equal(ErrorCode.Unprocessable, Assert.Throws<TelecomException>(() => model.Logits(zeros([1, 2, Width]))).Code);
    }

    [Fact]
    public void Tied_head_scores_with_the_embedding()
    {
        using var tied = SmallBase.Model(SmallBase.Grouped with { VocabularySize = 9, TieEmbeddings = true });
        var ids = tensor(new long[] { 8, 0, 3 }, [1, 3]);

        var (embedded, logits) = (tied.Embed(ids), tied.Logits(eye(Width).unsqueeze(0)));

        var matrix = tied.Weights.Tensors["model.embed_tokens.weight"];
        Assert.Equal(Arrays.Of(matrix[8]), Arrays.Of(embedded[0, 0]));
        Assert.Equal(Arrays.Of(matrix.t()), Arrays.Of(logits[0]));
    }

    [Fact]
    public void Forward_without_segments_is_refused() => Assert.Throws<ArgumentException>(() => model.Forward([]));

    [Fact]
    public void Forward_leaves_only_its_outputs_behind()
    {
        Forward(Arrays.Tokens(1, 1, 4, Width)).Dispose();
        var tokens = Arrays.Tokens(1, 2, 4, Width);
        var mask = ones([2, 4], @bool);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        var outputs = model.Forward([Segment(tokens), Segment(tokens, mask)]);

        Assert.Equal(2, outputs.Length);
        Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Decoder_layer_needs_at_most_forty_tensor_operations()
    {
        using var shallow = SmallBase.Model(SmallBase.Plain with { LayerCount = 1 });
        using var deep = SmallBase.Model(SmallBase.Plain with { LayerCount = 2 });
        var tokens = Arrays.Tokens(1, 2, 4, Width);

        var operations = Created(deep, tokens) - Created(shallow, tokens);

        // Every operation here makes one tensor, so the tensors of one more layer count them.
        Assert.InRange(operations, 20, 40);
    }

    [Fact]
    public void Base_needs_no_gradient_of_its_own() =>
        Assert.All(model.Weights.Tensors.Values, tensor => Assert.False(tensor.requires_grad));

    private static long Created(BaseModel model, Tensor tokens)
    {
        model.Forward([Segment(tokens)])[0].Dispose();
        var before = DisposeScopeManager.Statistics.CreatedInScopeCount;
        model.Forward([Segment(tokens)])[0].Dispose();
        return DisposeScopeManager.Statistics.CreatedInScopeCount - before;
    }

    private static ForwardSegment Segment(Tensor tokens, Tensor? mask = null) => new(new Embeddings(tokens, mask), null);

    private Tensor Forward(Tensor tokens, Tensor? mask = null) => model.Forward([Segment(tokens, mask)])[0];
}
