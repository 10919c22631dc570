using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Support;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Trainable values on d = 512, L = 8, ffn 1408, all seven linear layers (adapters.md 4.5).</summary>
public sealed class ParameterCountTests
{
    private static readonly BaseConfiguration Shape = BaseConfiguration.Nano with
    {
        HiddenSize = 512,
        LayerCount = 8,
        HeadCount = 8,
        KeyValueHeadCount = 8,
        FeedForwardSize = 1408,
    };

    [Theory]
    [InlineData("lora", 8, 630_784)]
    [InlineData("dora", 8, 673_792)]
    [InlineData("lora-sb", 32, 57_344)]
    [InlineData("sora", 8, 631_232)]
    [InlineData("shira", 8, 630_784)]
    [InlineData("miss", 8, 344_064)]
    [InlineData("nola", 8, 28_672)]
    [InlineData("randlora", 32, 487_424)]
    [InlineData("loldu", 64, 3_640)]
    public void Counts_are_those_of_the_specification(string name, int rank, long expected)
    {
        using var scope = NewDisposeScope();
        var total = 0L;
        foreach (var target in LinearTargets.Names)
        {
            // Layers of a target have one shape: one of them stands for all eight.
            var shaped = LinearSite.Shaped(Shape, 0, target, CPU);
            var site = shaped with { Weight = tensor(Arrays.Normal(1, (long)shaped.Inputs * shaped.Outputs), [shaped.Outputs, shaped.Inputs]) };
            IAdapterMethod method = name == "lora-sb"
                ? new LoraSbMethod(new Dictionary<string, Tensor> { [site.Path] = site.Weight }, 0.01)
                : AdapterMethods.Create(name);
            using var adapter = new Adapter(method, [new AdapterPlacement(site, new LinearSettings { Rank = rank, Alpha = rank })], seed: 1);
            total += adapter.ParameterCount * Shape.LayerCount;
        }

        Assert.Equal(expected, total);
    }
}
