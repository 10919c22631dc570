using System.Text.Json.Nodes;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Generation;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Bundles;

/// <summary>
/// Files of PEFT beside the usual pair of factors (adapters.md 4.10), against a second base whose weights contain what the adapter should add.
/// </summary>
public sealed class PeftModulesTests : IDisposable
{
    // Sums in another order over at most 60 products of order one, through two layers.
    private const double Tolerance = 1e-4;

    private const string Q = "model.layers.1.self_attn.q_proj";

    private static readonly BaseConfiguration Tokens = SmallBase.Grouped with { VocabularySize = 11, QueryKeyValueBias = true };

    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();
    private readonly BaseModel model = SmallBase.Model(Tokens);

    public void Dispose()
    {
        model.Dispose();
        noGradient.Dispose();
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Saved_linear_layer_and_head_replace_the_base_for_this_adapter_only()
    {
        var (weight, bias, head) = (Values(1, 24, 16), Values(2, 24), Values(3, 11, 16));
        Write(
            """{"target_modules":[],"modules_to_save":["layers.1.self_attn.q_proj","lm_head"]}""",
            ($"{Q}.weight", weight), ($"{Q}.bias", bias), ("lm_head.weight", head));

        AssertAnswersAs(Changed(model, (Q + ".weight", weight), (Q + ".bias", bias), ("lm_head.weight", head)), AdapterKind.Weight);
    }

    [Fact]
    public void Saved_embedding_replaces_the_base_for_this_adapter_only()
    {
        var embedding = Values(4, 11, 16);
        var (a, b) = (Values(5, 2, 16), Values(6, 24, 2));
        Write(
            """{"target_modules":["layers.1.self_attn.q_proj"],"modules_to_save":["embed_tokens"]}""",
            ("model.embed_tokens.weight", embedding), ($"{Q}.lora_A.weight", a), ($"{Q}.lora_B.weight", b));

        AssertAnswersAs(
            Changed(model, ("model.embed_tokens.weight", embedding), (Q + ".weight", Plus(Q + ".weight", b.mm(a).mul(2)))), AdapterKind.LowRank);
    }

    [Fact]
    public void Embedding_factors_add_s_times_the_column_of_A_times_B()
    {
        // y += s (A[:, id])ᵀ Bᵀ with s = 4 / 2, hence E' = E + s (B A)ᵀ; the copy of the untouched matrix is no surprise.
        var (a, b) = (Values(7, 2, 11), Values(8, 16, 2));
        Write(
            """{"target_modules":["embed_tokens"]}""",
            ("model.embed_tokens.lora_embedding_A", a),
            ("model.embed_tokens.lora_embedding_B", b),
            ("model.embed_tokens.base_layer.weight", Values(9, 11, 16)));

        AssertAnswersAs(Changed(model, ("model.embed_tokens.weight", Plus("model.embed_tokens.weight", b.mm(a).mul(2).t()))), AdapterKind.LowRank);
    }

    [Fact]
    public void Head_factors_change_the_scores()
    {
        var (a, b) = (Values(10, 2, 16), Values(11, 11, 2));
        Write("""{"target_modules":["lm_head"]}""", ("lm_head.lora_A.weight", a), ("lm_head.lora_B.weight", b));

        AssertAnswersAs(Changed(model, ("lm_head.weight", Plus("lm_head.weight", b.mm(a).mul(2)))), AdapterKind.LowRank);
    }

    [Fact]
    public void Bias_of_B_is_scaled_as_the_product_is()
    {
        var (a, b, bias) = (Values(12, 2, 16), Values(13, 24, 2), Values(14, 24));
        Write(
            """{"target_modules":["layers.1.self_attn.q_proj"],"lora_bias":true}""",
            ($"{Q}.lora_A.weight", a), ($"{Q}.lora_B.weight", b), ($"{Q}.lora_B.bias", bias));

        AssertAnswersAs(
            Changed(model, (Q + ".weight", Plus(Q + ".weight", b.mm(a).mul(2))), (Q + ".bias", Plus(Q + ".bias", bias.mul(2)))), AdapterKind.Weight);
    }

    [Fact]
    public void Saved_norms_replace_those_of_the_base_for_this_adapter_only()
    {
        var (first, last) = (Values(23, 16).add(1), Values(24, 16).add(1));
        var (a, b) = (Values(25, 2, 16), Values(26, 24, 2));
        Write(
            """{"target_modules":["layers.1.self_attn.q_proj"],"modules_to_save":["layers.0.post_attention_layernorm","model.norm"]}""",
            ("model.layers.0.post_attention_layernorm.weight", first),
            ("model.norm.weight", last),
            ($"{Q}.lora_A.weight", a),
            ($"{Q}.lora_B.weight", b));

        AssertAnswersAs(
            Changed(
                model,
                ("model.layers.0.post_attention_layernorm.weight", first),
                ("model.norm.weight", last),
                (Q + ".weight", Plus(Q + ".weight", b.mm(a).mul(2)))),
            AdapterKind.LowRank);
    }

    [Fact]
    public void Norms_of_one_adapter_leave_other_rows_of_the_batch_alone()
    {
        var last = Values(27, 16).add(1);
        Write("""{"target_modules":[],"modules_to_save":["model.norm","layers.1.input_layernorm"]}""",
            ("model.norm.weight", last), ("model.layers.1.input_layernorm.weight", last));
        using var adapter = PeftFolder.Open(folder.Path).Load(model.Weights);
        using var changed = Changed(model, ("model.norm.weight", last), ("model.layers.1.input_layernorm.weight", last));
        using var plain = TestAdapter.Trained(TestAdapter.AllTargets(2), model.Configuration, 3);
        var rows = Enumerable.Range(1, 4).Select(seed => new Embeddings(Arrays.Tokens((ulong)seed, 2, 3 + (seed % 2), 16))).ToArray();
        Adapter?[] adapters = [null, adapter, plain, adapter];

        var mixed = model.Forward([.. rows.Zip(adapters, (own, with) => new ForwardSegment(own, with))]);

        for (var i = 0; i < rows.Length; i++)
        {
            var alone = (adapters[i] == adapter ? changed : model).Forward([new ForwardSegment(rows[i], adapters[i] == adapter ? null : adapters[i])])[0];
            Assert.InRange(Arrays.MaxDifference(alone, mixed[i]), 0, Tolerance);
        }
    }

    [Fact]
    public void Gpt2_takes_norms_with_their_biases()
    {
        using var files = new TemporaryFolder();
        new Gpt2Folder().Write(files.Path, "transformer.");
        using var gpt2 = new BaseModel(BaseWeights.Load(files.Path));
        (string, Tensor)[] values =
        [
            ("transformer.h.1.ln_2.weight", Values(28, 12).add(1)), ("transformer.h.1.ln_2.bias", Values(29, 12)),
            ("transformer.ln_f.weight", Values(30, 12).add(1)), ("transformer.ln_f.bias", Values(31, 12)),
        ];
        Write("""{"target_modules":[],"modules_to_save":["h.1.ln_2","ln_f"]}""", values);

        AssertAnswersAs(Changed(gpt2, values), AdapterKind.LowRank, gpt2);
    }

    [Fact]
    public void Gpt2_takes_factors_at_its_fused_projection_and_modules_in_its_own_orientation()
    {
        using var files = new TemporaryFolder();
        new Gpt2Folder().Write(files.Path, "transformer.");
        using var gpt2 = new BaseModel(BaseWeights.Load(files.Path));
        const string Fused = "transformer.h.0.attn.c_attn";
        const string Outer = "transformer.h.1.mlp.c_proj";
        var (a, b, weight, bias) = (Values(15, 2, 12), Values(16, 36, 2), Values(17, 20, 12), Values(18, 12));
        Write(
            """{"target_modules":["c_attn"],"layers_to_transform":[0],"fan_in_fan_out":true,"modules_to_save":["h.1.mlp.c_proj"]}""",
            ($"{Fused}.lora_A.weight", a), ($"{Fused}.lora_B.weight", b), ($"{Outer}.weight", weight), ($"{Outer}.bias", bias));

        var expected = Changed(
            gpt2,
            (Fused + ".weight", gpt2.Weights.Tensors[Fused + ".weight"].add(b.mm(a).mul(2))),
            (Outer + ".weight", weight.t()),
            (Outer + ".bias", bias));
        AssertAnswersAs(expected, AdapterKind.Weight, gpt2);
        var configuration = JsonNode.Parse(File.ReadAllText(folder.File("adapter_config.json")))!;
        Assert.True(configuration["fan_in_fan_out"]!.GetValue<bool>());
    }

    [Fact]
    public void Greedy_continuation_of_a_mixed_batch_follows_each_rows_own_vocabulary()
    {
        var (embedding, head) = (Values(19, 11, 16), Values(20, 11, 16));
        Write(
            """{"target_modules":[],"modules_to_save":["embed_tokens","lm_head"]}""",
            ("model.embed_tokens.weight", embedding), ("lm_head.weight", head));
        using var adapter = PeftFolder.Open(folder.Path).Load(model.Weights);
        using var changed = Changed(model, ("model.embed_tokens.weight", embedding), ("lm_head.weight", head));

        Assert.Equal([Greedy(model)[0], Greedy(changed)[0]], Greedy(model, null, adapter));
        Assert.NotEqual(Greedy(model)[0], Greedy(changed)[0]);
    }

    [Fact]
    public void Merging_refuses_what_factors_cannot_express()
    {
        Write("""{"target_modules":[],"modules_to_save":["lm_head"]}""", ("lm_head.weight", Values(21, 11, 16)));
        using var adapter = PeftFolder.Open(folder.Path).Load(model.Weights);

        var exception = Assert.ThrowsAny<TelecomException>(() => new AdapterMerger(AdapterMerge.Cat).Merge([adapter], [1]));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Contains("whole modules", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_that_are_missing_or_not_finite_are_refused()
    {
        Write("""{"target_modules":[],"modules_to_save":["embed_tokens","lm_head"]}""", ("lm_head.weight", Values(22, 11, 16)));
        var missing = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(folder.Path).Load(model.Weights));
        Write("""{"target_modules":[],"modules_to_save":["lm_head"]}""", ("lm_head.weight", full([11, 16], float.NaN)));
        var notFinite = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(folder.Path).Load(model.Weights));

        Assert.Contains("base_model.model.model.embed_tokens.weight' is missing", missing.Message, StringComparison.Ordinal);
        Assert.Contains("base_model.model.lm_head.weight' has values that are not finite", notFinite.Message, StringComparison.Ordinal);
    }

    private static Tensor Values(ulong seed, params long[] shape) =>
        tensor(Arrays.Normal(seed, shape.Aggregate(1L, (product, size) => product * size)), shape).mul(0.5);

    // r = 2, alpha = 4, hence s = 2.
    private void Write(string members, params (string Name, Tensor Values)[] tensors)
    {
        var document = JsonNode.Parse("""{"peft_type":"LORA","r":2,"lora_alpha":4,"bias":"none"}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            document[name] = value?.DeepClone();
        }

        folder.Write("adapter_config.json", document.ToJsonString());
        SafetensorsWriter.Write(
            folder.File("adapter_model.safetensors"),
            tensors.Select(pair => KeyValuePair.Create("base_model.model." + pair.Name, pair.Values.contiguous())));
    }

    private Tensor Plus(string name, Tensor change) => model.Weights.Tensors[name].add(change);

    /// <summary>A base with other values in some tensors, linear weights given as [o, i].</summary>
    private static BaseModel Changed(BaseModel source, params (string Name, Tensor Values)[] changes)
    {
        var values = source.Weights.Tensors.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            values[name] = value;
        }

        var shape = source.Configuration;
        return new BaseModel(BaseWeights.Create(
            "changed", shape, (name, tensor) => tensor.copy_(BaseLayout.IsTransposed(shape, name) ? values[name].t() : values[name])));
    }

    private void AssertAnswersAs(BaseModel expected, AdapterKind kind, BaseModel? on = null)
    {
        on ??= model;
        using var adapter = PeftFolder.Open(folder.Path).Load(on.Weights);
        Assert.Equal(kind, adapter.Kind);
        AssertClose(expected, on, adapter);
        Assert.Equal(on.Fingerprint, on.Weights.RecomputeFingerprint());

        // What is written again means the same, and the folder passes the checks that need no base.
        PeftWriter.Write(folder.Path, adapter, "small", on.Fingerprint);
        using var again = PeftFolder.Open(folder.Path).Load(on.Weights);
        Assert.Equal(adapter.Parameters.Keys, again.Parameters.Keys);
        Assert.Empty(CheckpointInspector.Verify(folder.Path));
        AssertClose(expected, on, again);
        expected.Dispose();
    }

    private static void AssertClose(BaseModel expected, BaseModel on, Adapter adapter)
    {
        var ids = tensor(new long[] { 1, 5, 10, 0, 7, 7, 3, 2 }, [2, 4]);
        Tensor Answer(BaseModel which, Adapter? with) =>
            which.Logits(which.Forward([new ForwardSegment(new Embeddings(which.Embed(ids, with)), with)])[0], with);
        Assert.InRange(Arrays.MaxDifference(Answer(expected, null), Answer(on, adapter)), 0, Tolerance);
        Assert.True(Arrays.MaxDifference(Answer(on, null), Answer(on, adapter)) > 0.01, "The adapter changes nothing.");
    }

    private static long[][] Greedy(BaseModel on, params Adapter?[] adapters)
    {
        var ids = tensor(new long[] { 4, 9, 2 }, [1, 3]);
        using var session = new TokenSession(
            on, [.. (adapters.Length == 0 ? [null] : adapters).Select(adapter => new ForwardSegment(new Embeddings(on.Embed(ids, adapter)), adapter))], 6);
        return session.Generate(6, CancellationToken.None);
    }
}
