using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>GPT-2 from a folder on disk against its equations in double precision.</summary>
public sealed class Gpt2ModelTests : IDisposable
{
    // Outputs are of order 1; float32 rounds at 6e-8, and some 100 dependent operations of sums over up to 20 terms lie between input and output.
    private const double Tolerance = 2e-5;

    private static readonly int[] Ids = [3, 10, 0, 7, 7, 1, 4];

    private readonly TemporaryFolder folder = new();
    private readonly Gpt2Folder source = new();
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("transformer.")]
    public void Hidden_states_and_logits_equal_the_equations(string prefix)
    {
        using var model = Load(prefix);

        var hidden = Forward(model, Embedded(model, Ids));

        var expected = source.Reference.Forward(source.Reference.Embed(Ids));
        AssertClose(expected, hidden);
        AssertClose([.. expected.Select(source.Reference.Logits)], model.Logits(hidden));
        Assert.Empty(model.Weights.Warnings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padding_changes_no_real_position(bool left)
    {
        using var model = Load(string.Empty);
        int[] padded = left ? [9, 9, .. Ids] : [.. Ids, 9, 9];
        bool[] mask = [.. Enumerable.Range(0, padded.Length).Select(t => left ? t >= 2 : t < Ids.Length)];

        var hidden = model.Forward([new ForwardSegment(new Embeddings(Embedded(model, padded), tensor(mask, [1, mask.Length])), null)])[0];

        AssertClose(source.Reference.Forward(source.Reference.Embed(Ids)), hidden.narrow(1, left ? 2 : 0, Ids.Length));
    }

    [Fact]
    public void Decoding_in_parts_equals_one_forward()
    {
        using var model = Load(string.Empty);
        using var cache = new KeyValueCache(model.Configuration, 1, Ids.Length, CPU);
        var whole = source.Reference.Forward(source.Reference.Embed(Ids));

        var start = 0;
        foreach (var part in new[] { 3, 1, 2, 1 })
        {
            var tokens = new Embeddings(Embedded(model, Ids.AsSpan(start, part)));
            AssertClose(whole[start..(start + part)], model.Forward([new ForwardSegment(tokens, null, cache)])[0]);
            start += part;
        }
    }

    [Fact]
    public void Adapter_on_every_linear_layer_equals_the_equations_with_merged_weights()
    {
        const int Rank = 2;
        using var model = Load("transformer.");
        var options = TestAdapter.AllTargets(Rank) with { Targets = LinearTargets.Of(model.Configuration) };
        using var adapter = TestAdapter.Trained(options, model.Configuration, 5);
        Merge(adapter.Parameters, options.Alpha / Rank, Rank);

        var hidden = model.Forward([new ForwardSegment(new Embeddings(Embedded(model, Ids)), adapter)])[0];

        AssertClose(source.Reference.Forward(source.Reference.Embed(Ids)), hidden);
    }

    [Fact]
    public void Linear_weights_are_in_memory_once_and_show_outputs_first()
    {
        using var model = Load(string.Empty);
        var weight = model.Weights.Tensors["transformer.h.0.mlp.c_fc.weight"];

        Assert.Equal([Gpt2Folder.Inner, Gpt2Folder.Width], weight.shape);
        Assert.Equal([1, Gpt2Folder.Inner], weight.stride());
        Assert.Same(model.Weights.Tensors["transformer.wte.weight"], model.Weights.Tensors["lm_head.weight"]);
        Assert.Equal(source.Values.Values.Sum(values => values.LongLength) * 4, model.Weights.TotalBytes);
    }

    [Fact]
    public void Prefix_orientation_and_saving_leave_the_fingerprint_alone()
    {
        using var bare = Load(string.Empty);
        using var prefixed = Load("transformer.");
        var inFile = CheckpointInspector.Describe(folder.File("transformer.")).Fingerprint;
        bare.Weights.Save(folder.File("saved"));

        using var saved = BaseWeights.Load(folder.File("saved"));

        Assert.Equal([inFile, inFile, inFile], [bare.Fingerprint, prefixed.Fingerprint, saved.Fingerprint]);
        Assert.Equal(bare.Configuration, saved.Configuration);
        Assert.Equal(bare.Fingerprint, bare.Weights.RecomputeFingerprint());
    }

    [Fact]
    public void Problems_of_the_folder_are_listed_together()
    {
        source.Write(folder.Path, string.Empty, tensors =>
        {
            tensors.Remove("ln_f.bias");
            tensors["h.0.attn.c_attn.weight"] = zeros([3 * Gpt2Folder.Width, Gpt2Folder.Width]);
            tensors["transformer.wte.weight"] = tensors["wte.weight"].alias();
        });

        var error = Assert.Throws<CheckpointFormatException>(() => BaseWeights.Load(folder.Path));

        Assert.Equal(
            [
                "tensor 'wte.weight' is there twice, as 'transformer.wte.weight' too",
                "tensor 'transformer.h.0.attn.c_attn.weight' has shape [36, 12], expected [12, 36]",
                "tensor 'transformer.ln_f.bias' is missing",
            ],
            error.Problems);
    }

    [Fact]
    public void Loading_and_disposing_leaves_no_tensor_behind()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var model = Load(string.Empty))
        using (NewDisposeScope())
        {
            Forward(model, Embedded(model, Ids));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private BaseModel Load(string prefix)
    {
        var directory = Directory.CreateDirectory(folder.File(prefix.Length == 0 ? "bare" : prefix)).FullName;
        source.Write(directory, prefix);
        return new BaseModel(BaseWeights.Load(directory));
    }

    // W[i, o] += scale (B A)ᵀ.
    private void Merge(IReadOnlyDictionary<string, Tensor> parameters, double scale, int rank)
    {
        const string Prefix = "base_model.model.transformer.";
        foreach (var name in parameters.Keys.Where(name => name.EndsWith(".lora_A.weight", StringComparison.Ordinal)))
        {
            var module = name[Prefix.Length..^".lora_A.weight".Length];
            var (a, b) = (Arrays.Of(parameters[name]), Arrays.Of(parameters[$"{Prefix}{module}.lora_B.weight"]));
            var (inputs, outputs) = (a.Length / rank, b.Length / rank);
            var weight = source.Values[module + ".weight"];
            for (var index = 0; index < weight.Length; index++)
            {
                var (i, o) = (index / outputs, index % outputs);
                weight[index] += (float)(scale * Enumerable.Range(0, rank).Sum(r => (double)b[(o * rank) + r] * a[(r * inputs) + i]));
            }
        }
    }

    private static Tensor Embedded(BaseModel model, ReadOnlySpan<int> ids)
    {
        long[] values = [.. ids.ToArray().Select(id => (long)id)];
        return model.Embed(tensor(values, [1, ids.Length]));
    }

    private static Tensor Forward(BaseModel model, Tensor tokens) => model.Forward([new ForwardSegment(new Embeddings(tokens), null)])[0];

    private static void AssertClose(double[][] expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference([.. expected.SelectMany(row => row).Select(value => (float)value)], Arrays.Of(actual)), 0, Tolerance);
}
