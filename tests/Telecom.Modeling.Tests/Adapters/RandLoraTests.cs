using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class RandLoraTests : IDisposable
{
    private const int Rank = 3;

    // up_proj has 20 outputs and down_proj 20 inputs, so the shared pair is A[r, 1, 20] and B[20, ⌈20 / 3⌉, r].
    private const int Narrow = 20;
    private const int Wide = 20;
    private const int Count = 7;

    private readonly TemporaryFolder folder = new();
    private readonly BaseModel model = SmallBase.Model(SmallBase.Plain);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("q_proj")]
    [InlineData("down_proj")]
    [InlineData("up_proj")]
    public void File_of_peft_means_the_products_that_peft_pairs(string target)
    {
        var tensors = Write(
            """{"peft_type":"RANDLORA","r":3,"randlora_alpha":60,"target_modules":["q_proj","down_proj","up_proj"],"save_projection":true}""");

        using var adapter = PeftFolder.Open(folder.Path).Load(model.Weights);

        var (inputs, outputs) = LinearTargets.Shape(model.Configuration, target);
        var path = Adapter.Prefix + LinearTargets.Path(0, target);
        var expected = Product(
            tensors["base_model.randlora_A"], tensors["base_model.randlora_B"], tensors[path + ".randlora_lambda"], tensors[path + ".randlora_gamma"],
            scale: 60.0 / Rank, outputs, inputs);

        // Sums of 18 products of order one in float32.
        Assert.InRange(Arrays.MaxDifference(tensor(expected, [outputs, inputs]), adapter.Linear(0, target)!.DeltaWeight()), 0, 1e-4);
    }

    [Fact]
    public void File_without_its_bases_is_refused_with_the_reason()
    {
        Write("""{"peft_type":"RANDLORA","r":3,"target_modules":["q_proj"],"save_projection":false,"projection_prng_key":0}""");

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(folder.Path));

        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains("save_projection false is not supported: the file lacks the random bases", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fresh_bases_have_deviation_one_and_gamma_the_reciprocal_of_its_longer_side()
    {
        using var adapter = new Adapter(new RandLoraMethod(), AdapterSamples.Placements(model.Weights), seed: 3);

        foreach (var basis in new[] { adapter.Saved["base_model.randlora_A"], adapter.Saved["base_model.randlora_B"] })
        {
            Assert.Equal(1, basis.std().item<float>(), 1e-5);
        }

        // Rank 2 on 16 by 16: n = 8, min = 16.
        Assert.All(Arrays.Of(adapter.Linear(0, "q_proj")!.Parameters["randlora_gamma"]), value => Assert.Equal(1f / 16, value));
        Assert.All(Arrays.Of(adapter.Linear(0, "q_proj")!.Parameters["randlora_lambda"]), value => Assert.Equal(0, value));
    }

    // ΔW[o, i] = s Σ_f B[o, f / r, f mod r] λ[f / n, f mod n] A[f / n, i] γ[f mod n, i] over f < n r, or its transpose where o < i.
    private static float[] Product(Tensor a, Tensor b, Tensor lambda, Tensor gamma, double scale, int outputs, int inputs)
    {
        var narrow = Math.Min(inputs, outputs);
        var count = (narrow + Rank - 1) / Rank;
        var (av, bv, lv, gv) = (Arrays.Of(a), Arrays.Of(b), Arrays.Of(lambda), Arrays.Of(gamma));
        var product = new float[outputs * inputs];
        for (var row = 0; row < outputs; row++)
        {
            for (var column = 0; column < inputs; column++)
            {
                var (wide, thin) = outputs >= inputs ? (row, column) : (column, row);
                var sum = 0.0;
                for (var f = 0; f < count * Rank; f++)
                {
                    var (k, basis) = (f / count, f % count);
                    sum += (double)bv[(((wide * Count) + (f / Rank)) * Rank) + (f % Rank)] * lv[(k * count) + basis]
                        * av[(k * Narrow) + thin] * gv[(basis * narrow) + thin];
                }

                product[(row * inputs) + column] = (float)(sum * scale);
            }
        }

        return product;
    }

    private Dictionary<string, Tensor> Write(string configuration)
    {
        folder.Write("adapter_config.json", configuration);
        var tensors = new Dictionary<string, Tensor>
        {
            ["base_model.randlora_A"] = Values(1, Rank, 1, Narrow),
            ["base_model.randlora_B"] = Values(2, Wide, Count, Rank),
        };
        foreach (var (layer, target) in from layer in new[] { 0, 1 } from target in new[] { "q_proj", "down_proj", "up_proj" } select (layer, target))
        {
            var (inputs, outputs) = LinearTargets.Shape(model.Configuration, target);
            var narrow = Math.Min(inputs, outputs);
            var path = Adapter.Prefix + LinearTargets.Path(layer, target);
            tensors.Add(path + ".randlora_lambda", Values(3, Rank, (narrow + Rank - 1) / Rank).mul(0.1));
            tensors.Add(path + ".randlora_gamma", Values(4, (narrow + Rank - 1) / Rank, narrow).mul(0.1));
        }

        SafetensorsWriter.Write(folder.File("adapter_model.safetensors"), tensors);
        return tensors;
    }

    private static Tensor Values(ulong seed, params long[] shape) =>
        tensor(Arrays.Normal(seed, shape.Aggregate((product, size) => product * size)), shape);
}
