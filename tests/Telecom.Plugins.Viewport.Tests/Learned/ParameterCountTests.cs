using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Plugins.Viewport.Methods.Learned;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>The parameter arithmetic of the specification, section 1.5, on tensors that were really made.</summary>
[Collection<LearnedGroup>]
public sealed class ParameterCountTests(LearnedLab lab)
{
    private static readonly BaseConfiguration Llama2 = new()
    {
        HiddenSize = 4096,
        LayerCount = 32,
        HeadCount = 32,
        KeyValueHeadCount = 32,
        HeadSize = 128,
        FeedForwardSize = 11_008,
        NormEpsilon = 1e-5,
        RopeTheta = 1e4,
        VocabularySize = 32_000,
    };

    [Fact]
    public void Encoder_and_head_on_Llama2_7B_count_as_in_the_paper()
    {
        var counts = lab.Run(() =>
        {
            using var layers = new NetLlmLayers(Llama2.HiddenSize);
            return layers.named_children().ToDictionary(child => child.name, child => child.module.parameters().Sum(parameter => parameter.numel()));
        });

        Assert.Equal(new Dictionary<string, long> { ["conv"] = 1_024, ["embed"] = 1_052_672, ["norm"] = 8_192, ["head"] = 12_291 }, counts);
    }

    [Fact]
    public void The_base_and_its_adapter_on_Llama2_7B_count_as_in_the_paper()
    {
        var adapter = lab.Run(() =>
        {
            using var adapter = new LoraAdapter(new AdapterOptions { Rank = 32 }, Llama2, torch.CPU, seed: 1);
            return adapter.ParameterCount;
        });

        Assert.Equal(6_738_415_616, Llama2.ParameterCount);
        Assert.Equal(16_777_216, adapter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(128)]
    public void An_adapter_on_nano_has_2_layers_r_times_both_widths(int rank)
    {
        using var model = lab.Build("adapted", ("rank", rank.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        // q and v projections of 4 layers, both from 256 to 256.
        Assert.Equal(2L * 4 * rank * (256 + 256), model.Loaded.Adapter!.ParameterCount);
    }

    [Fact]
    public void Netllm_on_nano_trains_what_the_formulas_say()
    {
        using var model = lab.Build("adapted", ("recipe", "netllm"));

        var conv = (256 * 1 * 3) + 256;
        var embed = (256 * 256) + 256;
        var norm = 2 * 256;
        var head = (3 * 256) + 3;
        Assert.Equal(conv + embed + norm + head + (2 * 4 * 32 * 512), model.TrainableCount);
    }

    [Fact]
    public void Residual_on_nano_trains_what_its_shapes_say()
    {
        using var model = lab.Build("adapted");

        var feature = (10 * 256) + 256;
        var projection = (256 * 256) + 256;
        var norm = 2 * 256;
        var head = (256 * 60) + 60;
        Assert.Equal(feature + projection + norm + head + (2 * 4 * 32 * 512), model.TrainableCount);
    }

    [Fact]
    public void Network_trains_what_its_shapes_say()
    {
        using var model = lab.Build("network");

        Assert.Equal((100 * 256) + 256 + (256 * 256) + 256 + (256 * 60) + 60, model.TrainableCount);
    }
}
