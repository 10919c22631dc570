using System.Text.Json.Nodes;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>What adapter_config.json means (adapters.md 4.10), on a base of two layers.</summary>
public sealed class PeftPlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"target_modules":["v_proj","down_proj"]}""", "0.down 0.v 1.down 1.v")]
    [InlineData("""{"target_modules":["self_attn.v_proj"]}""", "0.v 1.v")]
    [InlineData("""{"target_modules":["proj","model.layers.1.self_attn.q_proj"]}""", "1.q")]
    [InlineData("""{"target_modules":"all-linear"}""", "0.down 0.gate 0.k 0.o 0.q 0.up 0.v 1.down 1.gate 1.k 1.o 1.q 1.up 1.v")]
    [InlineData("""{"target_modules":".*\\.(q|k)_proj"}""", "0.k 0.q 1.k 1.q")]
    [InlineData("""{"target_modules":".*1.*(q|k)_proj"}""", "1.k 1.q")]
    [InlineData("""{"target_modules":".*(?<!v)_proj","exclude_modules":".*mlp.*"}""", "0.k 0.o 0.q 1.k 1.o 1.q")]
    [InlineData("""{"target_modules":["q_proj","v_proj"],"exclude_modules":["layers.0.self_attn.q_proj"]}""", "0.v 1.q 1.v")]
    [InlineData("""{"target_modules":["q_proj"],"layers_to_transform":1}""", "1.q")]
    [InlineData("""{"target_modules":["q_proj"],"layers_to_transform":[0]}""", "0.q")]
    [InlineData("""{"target_modules":["q_proj"],"layers_to_transform":[]}""", "0.q 1.q")]
    [InlineData("""{"target_modules":["q_proj"],"layers_to_transform":[1],"layers_pattern":"layers"}""", "1.q")]
    [InlineData("""{"target_modules":["q_proj","absent"],"layers_to_transform":[1],"layers_pattern":["h","layers"]}""", "1.q")]
    public void Configuration_means_these_layers(string members, string expected) =>
        Assert.Equal(expected.Split(' '), Resolve(members).Linears.Select(linear => $"{linear.Layer}.{linear.Target[..^5]}"));

    [Theory]
    [InlineData("""{"target_modules":["c_attn"]}""", "0.c_attn 1.c_attn")]
    [InlineData("""{"target_modules":["c_proj"]}""", "0.attn.c_proj 0.mlp.c_proj 1.attn.c_proj 1.mlp.c_proj")]
    [InlineData("""{"target_modules":["mlp.c_proj","c_fc"],"layers_to_transform":[1],"layers_pattern":"h"}""", "1.c_fc 1.mlp.c_proj")]
    [InlineData("""{"target_modules":"all-linear","exclude_modules":["c_proj"]}""", "0.c_attn 0.c_fc 1.c_attn 1.c_fc")]
    [InlineData("""{"target_modules":"transformer\\.h\\.0\\..*c_proj"}""", "0.attn.c_proj 0.mlp.c_proj")]
    public void Configuration_means_these_layers_of_Gpt2(string members, string expected) =>
        Assert.Equal(expected.Split(' '), Resolve(members, Gpt2).Linears.Select(linear => $"{linear.Layer}.{linear.Target}"));

    [Theory]
    [InlineData("""{"modules_to_save":["layers.1.input_layernorm","model.norm"]}""", "model.layers.1.input_layernorm model.norm")]
    [InlineData(
        """{"modules_to_save":["norm"]}""",
        "model.layers.0.input_layernorm model.layers.0.post_attention_layernorm model.layers.1.input_layernorm model.layers.1.post_attention_layernorm model.norm")]
    public void Saved_modules_are_meant_by_the_end_of_their_path(string members, string expected) =>
        Assert.Equal(expected.Split(' '), Resolve(members).Norms);

    [Fact]
    public void Learned_positions_cannot_be_replaced()
    {
        var exception = Assert.ThrowsAny<TelecomException>(() => Resolve("""{"target_modules":["c_fc"],"modules_to_save":["wpe"]}""", Gpt2));

        Assert.Contains("modules_to_save means 'transformer.wpe'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_another_architecture_mean_nothing()
    {
        var exception = Assert.ThrowsAny<TelecomException>(() => Resolve("""{"target_modules":["q_proj"]}""", Gpt2));

        Assert.Contains("adapters can target c_attn, attn.c_proj, c_fc, mlp.c_proj", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"target_modules":["q_proj"]}""", "")]
    [InlineData("""{"target_modules":"all-linear"}""", "")]
    [InlineData("""{"target_modules":["embed_tokens"]}""", "embedding r8 s2")]
    [InlineData("""{"target_modules":["lm_head"],"rank_pattern":{"lm_head":4}}""", "head r4 s4")]
    [InlineData("""{"modules_to_save":["embed_tokens","lm_head"]}""", "own embedding, own head")]
    [InlineData("""{"target_modules":[],"modules_to_save":["head"]}""", "own head")]
    [InlineData("""{"target_modules":["embed_tokens"],"layers_to_transform":[0],"modules_to_save":["lm_head"]}""", "own head")]
    public void Embedding_and_head_are_meant_by_name_only(string members, string expected)
    {
        var vocabulary = Resolve(members).Vocabulary;

        static string Show(string name, LinearSettings? settings) => settings is null ? "" : $"{name} r{settings.Rank} s{settings.Scale}";
        string[] found =
        [
            Show("embedding", vocabulary?.Embedding), Show("head", vocabulary?.Head),
            vocabulary?.ReplacesEmbedding is true ? "own embedding" : "", vocabulary?.ReplacesHead is true ? "own head" : "",
        ];
        Assert.Equal(expected, string.Join(", ", found.Where(part => part.Length > 0)));
    }

    [Theory]
    [InlineData("""{"target_modules":["q_proj"]}""", 8, 2.0)]
    [InlineData("""{"target_modules":["q_proj"],"use_rslora":true}""", 8, 5.6568542)]
    [InlineData("""{"target_modules":["q_proj"],"r":64,"lora_alpha":8,"use_rslora":true}""", 64, 1.0)]
    [InlineData("""{"target_modules":["q_proj"],"rank_pattern":{"k_proj":1,"q_proj":4,".*":2}}""", 4, 4.0)]
    [InlineData("""{"target_modules":["q_proj"],"rank_pattern":{".*":2,"q_proj":4}}""", 2, 8.0)]
    [InlineData("""{"rank_pattern":{"proj":2,"self_attn.q_proj":16},"alpha_pattern":{"q_proj":4},"use_rslora":true}""", 16, 1.0)]
    [InlineData("""{"target_modules":["q_proj"],"alpha_pattern":{"layers.\\d+.self_attn.q_proj":4}}""", 8, 0.5)]
    public void Rank_and_scale_use_the_patterned_values(string members, int rank, double scale)
    {
        // Scales of adapters.md 4.10 and method-vectors.json (lora_scaling), given with seven digits.
        var settings = Resolve(members).Linears[0].Settings;

        Assert.Equal(rank, settings.Rank);
        Assert.Equal(scale, settings.Scale, 1e-6);
    }

    [Theory]
    [InlineData("""{"bias":"lora_only"}""", "bias lora_only")]
    [InlineData("""{"trainable_token_indices":[3]}""", "trainable_token_indices [3]")]
    [InlineData("""{"layer_replication":[[0,2]]}""", "layer_replication [[0,2]]")]
    [InlineData("""{"use_qalora":true}""", "use_qalora true")]
    [InlineData("""{"alora_invocation_tokens":[1]}""", "alora_invocation_tokens [1]")]
    [InlineData("""{"ensure_weight_tying":true}""", "ensure_weight_tying true")]
    [InlineData("""{"target_parameters":["q"]}""", "target_parameters [\"q\"]")]
    [InlineData("""{"modules_to_save":["score"]}""", "modules_to_save means 'score', which the base does not have")]
    [InlineData("""{"modules_to_save":"lm_head"}""", "modules_to_save 'lm_head' is not supported; supported is an array of names")]
    [InlineData("""{"modules_to_save":["q_proj"]}""", "target_modules and modules_to_save both mean 'model.layers.0.self_attn.q_proj'")]
    [InlineData("""{"target_modules":["lm_head"],"modules_to_save":["lm_head"]}""", "both mean 'lm_head'")]
    [InlineData("""{"target_modules":["embed_tokens"],"use_dora":true}""", "use_dora is not supported at 'model.embed_tokens'")]
    [InlineData("""{"target_modules":["lm_head"],"lora_bias":true}""", "lora_bias is not supported at 'lm_head'")]
    [InlineData("""{"lora_bias":true,"use_dora":true}""", "lora_bias with use_dora")]
    [InlineData("""{"peft_type":"VERA"}""", "peft_type VERA")]
    [InlineData("""{"init_lora_weights":"loftq"}""", "init_lora_weights loftq")]
    [InlineData("""{"init_lora_weights":"pissa_niter_16"}""", "init_lora_weights pissa_niter_16")]
    [InlineData("""{"init_lora_weights":"pissa","use_dora":true}""", "init_lora_weights pissa with use_dora")]
    [InlineData("""{"lora_alpha":null}""", "lora_alpha is missing")]
    [InlineData("""{"target_modules":[]}""", "target_modules is empty")]
    [InlineData("""{"target_modules":["absent"]}""", "target_modules means no linear layer")]
    [InlineData("""{"target_modules":"(q_proj"}""", "'(q_proj' is not a regular expression")]
    [InlineData("""{"target_modules":".*q_proj","layers_to_transform":[0]}""", "layers_to_transform needs a list")]
    [InlineData("""{"layers_to_transform":"first"}""", "layers_to_transform must be")]
    [InlineData("""{"layers_to_transform":[-1]}""", "layers_to_transform must hold indices")]
    [InlineData("""{"target_modules":[1]}""", "array of module names must hold strings only")]
    public void What_cannot_be_met_is_refused_by_name(string members, string part)
    {
        var exception = Assert.ThrowsAny<TelecomException>(() => Resolve(members));

        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.Contains("adapter_config.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_refusals_of_a_file_are_listed()
    {
        var exception = Assert.ThrowsAny<TelecomException>(() => Resolve("""{"bias":"all","use_qalora":true,"layer_replication":[[0,1]]}"""));

        Assert.Contains("bias all", exception.Message, StringComparison.Ordinal);
        Assert.Contains("use_qalora", exception.Message, StringComparison.Ordinal);
        Assert.Contains("layer_replication", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("eva")]
    public void Starts_that_leave_the_base_alone_are_plain(string start) =>
        Assert.Equal(2, Resolve($$"""{"target_modules":["q_proj"],"init_lora_weights":"{{start}}"}""").Linears.Count);

    [Fact]
    public void Expression_that_backtracks_without_end_is_stopped()
    {
        // The look-ahead keeps it from the engine that cannot backtrack; each further letter doubles its time.
        var exception = Assert.ThrowsAny<TelecomException>(
            () => new FilePattern(@"(?=.)(\w+)+!", "", "adapter_config.json: target_modules").Matches(new string('a', 200)));

        Assert.Contains("took longer than 100 ms", exception.Message, StringComparison.Ordinal);
    }

    private static BaseConfiguration Gpt2 { get; } = new()
    {
        Family = BaseFamily.Gpt2,
        HiddenSize = 12,
        LayerCount = 2,
        HeadCount = 3,
        KeyValueHeadCount = 3,
        HeadSize = 4,
        FeedForwardSize = 20,
        NormEpsilon = 1e-5,
        MaxPositions = 16,
        VocabularySize = 11,
        TieEmbeddings = true,
    };

    private PeftTargets Resolve(string members, BaseConfiguration? shape = null)
    {
        var document = JsonNode.Parse("""{"peft_type":"LORA","r":8,"lora_alpha":16,"target_modules":["q_proj"],"bias":"none"}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            document[name] = value?.DeepClone();
        }

        var path = folder.Write("adapter_config.json", document.ToJsonString());
        PeftFolder.Open(folder.Path);
        var configuration = BundleDocument.Read(path, PeftJson.Default.PeftConfiguration);
        return new PeftPlan(configuration, path).Resolve(shape ?? SmallBase.Grouped with { VocabularySize = 10 });
    }
}
