using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Adapters.Serving;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>Bases that compute in bfloat16.</summary>
public sealed class PrecisionTests : IDisposable
{
    // adapters.md 8: bfloat16 agrees with float32 to a cosine of 0.999.
    private const double Cosine = 0.999;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();


    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    public static TheoryData<ServingPath, int> PathsAndLengths => new(
        Enum.GetValues<ServingPath>().SelectMany(path => new[] { (path, 1), (path, 5) }));

    [Theory]
    [MemberData(nameof(PathsAndLengths))]
    public void Mixed_rows_in_bfloat16_agree_with_float32(ServingPath path, int length)
    {
        using var wide = SmallBase.Model(SmallBase.Grouped);
        using var narrow = new BaseModel(Rounded(SmallBase.Grouped), new ForcedPath(path));
        var adapters = MixedAdapters.All(wide.Weights);
        ForwardSegment[] segments = [.. adapters.Select((adapter, row) =>
            new ForwardSegment(new Embeddings(Arrays.Tokens((ulong)row, 1, length, 16)), adapter))];

        var (expected, actual) = (wide.Forward(segments), narrow.Forward(segments));

        Assert.Equal(ScalarType.BFloat16, narrow.ElementType);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(ScalarType.Float32, pair.Second.dtype);
            Assert.InRange(nn.functional.cosine_similarity(pair.First.reshape(1, -1), pair.Second.reshape(1, -1)).item<float>(), Cosine, 1.001);
        });
        adapters.ForEach(adapter => adapter?.Dispose());
    }

    [Fact]
    public void Cache_of_a_bfloat16_base_continues_what_it_began()
    {
        using var model = new BaseModel(Rounded(SmallBase.Plain));
        using var cache = new KeyValueCache(model.Configuration, 1, 4, CPU, model.ElementType);
        var tokens = Arrays.Tokens(1, 1, 4, 16);
        var whole = model.Forward([new ForwardSegment(new Embeddings(tokens), null)])[0];

        model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, 0, 3)), null, cache)]);
        var next = model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, 3, 1)), null, cache)])[0];

        // One rounding of bfloat16 is 2⁻⁹ of values up to 3; a few add up.
        Assert.InRange(Arrays.MaxDifference(whole.narrow(1, 3, 1), next), 0, 0.05);
    }

    [Fact]
    public void Rounded_base_keeps_the_fingerprint_of_its_file_and_notices_changes()
    {
        using var folder = new TemporaryFolder();
        using var original = SmallBase.Weights(SmallBase.Plain with { VocabularySize = 5, TieEmbeddings = true });
        original.Save(folder.Path);

        using var rounded = BaseWeights.Load(folder.Path, precision: BasePrecision.BFloat16);

        Assert.All(rounded.Tensors.Values, tensor => Assert.Equal(ScalarType.BFloat16, tensor.dtype));
        Assert.Same(rounded.Tensors["lm_head.weight"], rounded.Tensors["model.embed_tokens.weight"]);
        Assert.Equal(original.TotalBytes / 2, rounded.TotalBytes);
        Assert.Equal(original.Fingerprint, rounded.Fingerprint);
        Assert.Equal(original.Fingerprint, rounded.RecomputeFingerprint());
        rounded.Tensors["model.norm.weight"].add_(1);
        Assert.NotEqual(original.Fingerprint, rounded.RecomputeFingerprint());
    }

    [Fact]
    public void Automatic_choice_follows_the_measurement()
    {
        using var weights = SmallBase.Weights(SmallBase.Plain);

        weights.Round(BasePrecision.Auto);

        // Two measurements of one machine; a speedup near the threshold may fall on either side.
        var speedup = PrecisionProbe.BFloat16Speedup(CPU, TimeProvider.System);
        Assert.True(double.IsFinite(speedup) && speedup > 0);
        Assert.True(
            speedup is > 0.75 and < 3 || weights.ElementType == (speedup >= PrecisionProbe.WorthwhileSpeedup ? ScalarType.BFloat16 : ScalarType.Float32),
            $"{weights.ElementType} at a speedup of {speedup}.");
    }

    private static BaseWeights Rounded(BaseConfiguration configuration)
    {
        var weights = SmallBase.Weights(configuration);
        weights.Round(BasePrecision.BFloat16);
        return weights;
    }
}
