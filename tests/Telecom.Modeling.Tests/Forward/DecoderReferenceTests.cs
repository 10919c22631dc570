using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>The decoder against its equations in double precision.</summary>
public sealed class DecoderReferenceTests
{
    // Outputs are of order 1; float32 rounds at 6e-8, and some 100 dependent operations of sums over up to 24 terms lie between input and output.
    private const double Tolerance = 2e-5;

    private static readonly Dictionary<string, BaseConfiguration> Shapes = new()
    {
        ["grouped queries"] = SmallBase.Grouped,
        ["plain heads"] = SmallBase.Plain,
        ["one key head"] = SmallBase.SingleKey,
        ["biases everywhere"] = SmallBase.Grouped with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true },
        ["qwen2"] = SmallBase.Grouped with { Family = BaseFamily.Qwen2, QueryKeyValueBias = true },
        ["window of 1"] = SmallBase.Plain with { Family = BaseFamily.Mistral, SlidingWindow = 1 },
        ["window of 3"] = SmallBase.Grouped with { Family = BaseFamily.Mistral, SlidingWindow = 3 },
        ["window as long as the row"] = SmallBase.Plain with { Family = BaseFamily.Mistral, SlidingWindow = 6 },
        ["linear rope"] = SmallBase.Grouped with { RopeScaling = new LinearRopeScaling(4) },
        ["llama3 rope"] = SmallBase.Plain with { RopeScaling = new Llama3RopeScaling(8, 1, 4, 64) },
    };

    public static TheoryData<string> ShapeNames => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Forward_equals_the_equations(string shape)
    {
        using var model = SmallBase.Model(Shapes[shape]);

        AssertEqual(model, null, isReal: null);
    }

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Forward_with_an_adapter_on_every_layer_equals_the_equations(string shape)
    {
        using var model = SmallBase.Model(Shapes[shape]);
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(3), model.Configuration, 5);

        AssertEqual(model, adapter, isReal: null);
    }

    [Theory]
    [InlineData(new[] { false, false, true, true, true, true })]
    [InlineData(new[] { true, true, true, true, false, false })]
    [InlineData(new[] { true, false, true, true, false, true })]
    public void Forward_with_padding_equals_the_equations_on_real_tokens(bool[] isReal)
    {
        using var model = SmallBase.Model(SmallBase.Grouped);
        using var windowed = SmallBase.Model(Shapes["window of 3"]);

        AssertEqual(model, null, isReal);
        AssertEqual(windowed, null, isReal);
    }

    [Fact]
    public void Shipped_base_equals_the_equations()
    {
        using var model = new BaseModel(BaseInitializer.Nano());

        AssertEqual(model, null, isReal: null);
    }

    private static void AssertEqual(BaseModel model, LoraAdapter? adapter, bool[]? isReal)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        const int Rows = 2;
        const int Length = 6;
        var width = model.Configuration.HiddenSize;
        var tokens = Arrays.Tokens(3, Rows, Length, width);
        var mask = isReal is null ? null : tensor(isReal).unsqueeze(0).expand(Rows, Length);

        var actual = Arrays.Of(model.Forward([new ForwardSegment(new Embeddings(tokens, mask), adapter)])[0]);

        var reference = new ReferenceDecoder(model.Weights, adapter);
        var inputs = Arrays.Of(tokens).Select(value => (double)value).Chunk(width).Chunk(Length).ToArray();
        for (var row = 0; row < Rows; row++)
        {
            var expected = reference.Forward(inputs[row], isReal);
            foreach (var t in Enumerable.Range(0, Length).Where(t => isReal is null || isReal[t]))
            {
                var states = actual.AsSpan(((row * Length) + t) * width, width);
                Assert.InRange(Arrays.MaxDifference(states, [.. expected[t].Select(value => (float)value)]), 0, Tolerance);
            }
        }
    }
}
