using System.Text.Json.Nodes;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Adapters of every method leave in PEFT layout and come back with the same answers.</summary>
public sealed class PeftExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly BaseModel model = SmallBase.Model(SmallBase.Grouped);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();
    private readonly Embeddings tokens;

    public PeftExportTests() => tokens = new Embeddings(Arrays.Tokens(1, 2, 5, 16));

    public static TheoryData<string> Methods => [.. AdapterSamples.Names];

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Exported_adapter_answers_as_before(string name)
    {
        using var adapter = AdapterSamples.Trained(name, model.Weights);

        PeftWriter.Write(folder.Path, adapter, "small", model.Fingerprint);
        using var again = PeftFolder.Open(folder.Path).Load(model.Weights);

        // Factors of order one are multiplied in another order where the adapter left as plain LoRA.
        Assert.InRange(Arrays.MaxDifference(Answer(adapter), Answer(again)), 0, 1e-4);
        Assert.Equal(Folds(name) ? "lora" : name, again.Method.Name);
        Assert.Empty(CheckpointInspector.Verify(folder.Path));
    }

    [Theory]
    [InlineData("pissa")]
    [InlineData("olora")]
    public void Adapter_that_replaced_a_part_of_the_base_leaves_at_twice_its_rank(string name)
    {
        using var adapter = AdapterSamples.Trained(name, model.Weights);

        PeftWriter.Write(folder.Path, adapter, "small", model.Fingerprint);
        using var again = PeftFolder.Open(folder.Path).Load(model.Weights);

        Assert.All(again.Placements, placement => Assert.Equal((4, 1.0), (placement.Settings.Rank, placement.Settings.Scale)));
        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
    }

    [Theory]
    [InlineData("pissa")]
    [InlineData("olora")]
    public void File_of_unconverted_factors_is_completed_from_the_base(string name)
    {
        // PEFT may save A and B as trained and name the initialisation; the part they replaced follows from the base.
        using var adapter = AdapterSamples.Trained(name, model.Weights);
        SafetensorsWriter.Write(folder.File("adapter_model.safetensors"), adapter.Parameters);
        folder.Write(
            "adapter_config.json",
            $$"""{"peft_type":"LORA","r":2,"lora_alpha":3,"target_modules":"all-linear","bias":"none","init_lora_weights":"{{name}}"}""");

        using var again = PeftFolder.Open(folder.Path).Load(model.Weights);

        Assert.Equal(Answer(adapter).Select(BitConverter.SingleToInt32Bits), Answer(again).Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Closed_gates_leave_as_smaller_ranks()
    {
        using var adapter = AdapterSamples.Trained("sora", model.Weights);
        adapter.Linear(0, "q_proj")!.Parameters["sora_gate"][1] = 0;
        adapter.Linear(1, "v_proj")!.Parameters["sora_gate"].zero_();

        PeftWriter.Write(folder.Path, adapter, "small", model.Fingerprint);
        using var again = PeftFolder.Open(folder.Path).Load(model.Weights);

        int Rank(int layer, string target) =>
            again.Placements.Single(placement => placement.Site.Layer == layer && placement.Site.Target == target).Settings.Rank;
        Assert.Equal((1, 1, 2), (Rank(0, "q_proj"), Rank(1, "v_proj"), Rank(0, "k_proj")));
        Assert.InRange(Arrays.MaxDifference(Answer(adapter), Answer(again)), 0, 1e-4);
        Assert.Contains("\"telecom_method\": \"sora\"", File.ReadAllText(folder.File("adapter_config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_that_differ_leave_as_patterns()
    {
        var placements = AdapterSamples.Placements(model.Weights).Select((placement, index) =>
            placement with { Settings = new LinearSettings { Rank = index == 0 ? 5 : 2, Alpha = index == 3 ? 8 : 4, RankStabilized = true } });
        using var adapter = new Adapter(new LoraMethod(), placements, seed: 2);
        AdapterSamples.Perturb(adapter);

        PeftWriter.Write(folder.Path, adapter, "small", null);
        using var again = PeftFolder.Open(folder.Path).Load(model.Weights);

        var configuration = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        Assert.Equal(5, configuration["rank_pattern"]!["model.layers.0.self_attn.q_proj"]!.GetValue<int>());
        Assert.Equal(8, configuration["alpha_pattern"]!["model.layers.0.self_attn.o_proj"]!.GetValue<double>());
        Assert.True(configuration["use_rslora"]!.GetValue<bool>());
        Assert.Equal(Answer(adapter), Answer(again));
    }

    [Fact]
    public void Adapter_without_low_rank_form_is_refused()
    {
        using var adapter = new Adapter(new GradientProbe(), AdapterSamples.Placements(model.Weights), seed: 1);

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftWriter.Write(folder.Path, adapter, "small", null));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Contains("'gradient-probe' has no form that PEFT can read", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    // What PEFT's type for LoRA can hold leaves as plain LoRA.
    private static bool Folds(string name) => name is "rslora" or "pissa" or "olora" or "sora" || AdapterSamples.Measured.Contains(name);

    private float[] Answer(Adapter adapter) => Arrays.Of(model.Forward([new ForwardSegment(tokens, adapter)])[0]);
}
