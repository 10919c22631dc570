using System.Text.Json.Nodes;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Checkpoints;

namespace Telecom.Modeling.Tests.Bases;

public sealed class BaseConfigurationFileTests : IDisposable
{
    private const string Minimal =
        """{"model_type":"llama","hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":128}""";

    private readonly TemporaryFolder folder = new();
    private readonly List<string> problems = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Absent_members_take_the_published_defaults()
    {
        var configuration = Read(Minimal);

        Assert.Empty(problems);
        Assert.Equal(
            new BaseConfiguration
            {
                HiddenSize = 64,
                LayerCount = 2,
                HeadCount = 4,
                KeyValueHeadCount = 4,
                HeadSize = 16,
                FeedForwardSize = 128,
                NormEpsilon = 1e-6,
                RopeTheta = 10_000,
                VocabularySize = 128,
            },
            configuration);
    }

    [Fact]
    public void Null_counts_as_absent()
    {
        Assert.Equal(16, Read(With("head_dim", "null"))!.HeadSize);
        Assert.NotNull(Read(With("rope_scaling", "null")));
    }

    [Fact]
    public void Head_size_need_not_be_width_over_heads()
    {
        Assert.Equal(32, Read(With("head_dim", "32"))!.HeadSize);
    }

    [Fact]
    public void Rope_settings_may_be_nested()
    {
        Assert.Equal(5e5, Read(With("rope_parameters", """{"rope_theta":500000.0,"rope_type":"default"}"""))!.RopeTheta);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("model_type", "\"gemma\"", "model_type 'gemma' is not supported")]
    [InlineData("model_type", "null", "model_type is missing")]
    [InlineData("model_type", "7", "model_type must be a string")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act 'gelu' is not supported")]
    [InlineData("rope_scaling", """{"rope_type":"yarn","factor":4}""", "rope_type 'yarn' is not supported")]
    [InlineData("rope_scaling", """{"type":"dynamic","factor":4}""", "type 'dynamic' is not supported")]
    [InlineData("rope_parameters", """{"rope_type":"longrope"}""", "rope_type 'longrope' is not supported")]
    [InlineData("rope_parameters", """{"partial_rotary_factor":0.5}""", "partial_rotary_factor")]
    [InlineData("partial_rotary_factor", "0.5", "partial_rotary_factor")]
    [InlineData("rope_scaling", """{"rope_type":"linear"}""", "factor is missing")]
    [InlineData("rope_scaling", """{"rope_type":"linear","factor":0}""", "rope factor 0 must be a positive number")]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4}""", "original_max_position_embeddings is missing")]
    [InlineData(
        "rope_scaling",
        """{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4,"original_max_position_embeddings":32}""",
        "low_freq_factor 4 must be positive and below high_freq_factor 4")]
    [InlineData("rope_parameters", """{"full_attention":{"rope_type":"default"}}""", "full_attention: rotary settings for some of the layers")]
    [InlineData("layer_types", """["full_attention","sliding_attention"]""", "layer_types other than 'full_attention'")]
    [InlineData("max_position_embeddings", "0", "max_position_embeddings 0 must be from 1")]
    [InlineData("quantization_config", """{"bits":4}""", "quantised weights")]
    [InlineData("hidden_size", "-64", "hidden_size -64 must be from 1")]
    [InlineData("hidden_size", "64.5", "hidden_size must be an integer")]
    [InlineData("hidden_size", "99999999999", "hidden_size must be an integer")]
    [InlineData("hidden_size", "65", "head_dim must be given")]
    [InlineData("num_key_value_heads", "3", "must be a multiple of num_key_value_heads 3")]
    [InlineData("num_attention_heads", "0", "num_attention_heads 0 must be from 1")]
    [InlineData("num_hidden_layers", "1000000", "num_hidden_layers 1000000 must be from 1")]
    [InlineData("intermediate_size", "null", "intermediate_size is missing")]
    [InlineData("rms_norm_eps", "0", "rms_norm_eps 0 must be a positive number")]
    [InlineData("rope_theta", "\"big\"", "rope_theta must be a number")]
    [InlineData("tie_word_embeddings", "1", "tie_word_embeddings must be true or false")]
    public void What_cannot_be_computed_exactly_is_refused_by_name(string member, string value, string problem)
    {
        Assert.Null(Read(With(member, value)));

        Assert.Contains(problems, line => line.StartsWith("config.json", StringComparison.Ordinal) && line.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gpt_neox")]
    [InlineData("qwen3")]
    [InlineData("phi3")]
    [InlineData("Llama")]
    public void Unknown_architectures_are_refused_by_name_with_the_known_ones(string modelType)
    {
        Assert.Null(Read(With("model_type", $"\"{modelType}\"")));

        var known = "supported are 'llama', 'qwen2', 'mistral', 'gpt2'";
        Assert.Equal($"config.json: model_type '{modelType}' is not supported; {known}", Assert.Single(problems));
    }

    [Theory]
    [InlineData("llama", false, false)]
    [InlineData("llama", true, true)]
    [InlineData("qwen2", false, true)]
    [InlineData("qwen2", true, true)]
    [InlineData("mistral", false, false)]
    public void Biases_of_attention_follow_the_architecture(string modelType, bool attentionBias, bool queryKeyValueBias)
    {
        var configuration = Read(With(("model_type", $"\"{modelType}\""), ("attention_bias", attentionBias ? "true" : "false")))!;

        Assert.Equal(queryKeyValueBias, configuration.QueryKeyValueBias);
        Assert.Equal(attentionBias && modelType == "llama", configuration.OutputBias);
        Assert.False(configuration.FeedForwardBias);
    }

    [Fact]
    public void Biases_of_the_feed_forward_block_are_those_of_llama_only()
    {
        Assert.True(Read(With("mlp_bias", "true"))!.FeedForwardBias);
        Assert.Null(Read(With(("model_type", "\"qwen2\""), ("mlp_bias", "true"))));

        Assert.Contains("mlp_bias is true, but this model_type has no such biases", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Window_of_mistral_is_the_published_one_unless_given_or_turned_off()
    {
        Assert.Equal(4096, Read(With("model_type", "\"mistral\""))!.SlidingWindow);
        Assert.Equal(7, Read(With(("model_type", "\"mistral\""), ("sliding_window", "7")))!.SlidingWindow);
        Assert.Null(Read(With(("model_type", "\"mistral\""), ("sliding_window", "null")))!.SlidingWindow);
        Assert.Null(Read(With("sliding_window", "7"))!.SlidingWindow);
    }

    [Fact]
    public void Windows_in_some_layers_of_qwen2_are_refused()
    {
        Assert.NotNull(Read(With(("model_type", "\"qwen2\""), ("sliding_window", "32768"), ("use_sliding_window", "false"))));
        Assert.Null(Read(With(("model_type", "\"qwen2\""), ("sliding_window", "32768"), ("use_sliding_window", "true"))));

        Assert.Contains("use_sliding_window is true", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rope_scaling", "rope_type")]
    [InlineData("rope_scaling", "type")]
    [InlineData("rope_parameters", "rope_type")]
    public void Rope_scaling_is_read_in_every_spelling(string member, string type)
    {
        Assert.Equal(new LinearRopeScaling(4), Read(With(member, $$"""{"{{type}}":"linear","factor":4}"""))!.RopeScaling);
        var llama3 = $$"""{"{{type}}":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192}""";
        Assert.Equal(new Llama3RopeScaling(8, 1, 4, 8192), Read(With(member, llama3))!.RopeScaling);
        Assert.Null(Read(With(member, $$"""{"{{type}}":"default"}"""))!.RopeScaling);
    }

    [Theory]
    [InlineData("""{"rope_type":"linear","factor":4}""", """{"rope_type":"linear","factor":4,"rope_theta":10000}""", null)]
    [InlineData("""{"rope_type":"linear","factor":4}""", """{"rope_type":"linear","factor":8}""", "rope_scaling and rope_parameters differ")]
    [InlineData("null", """{"rope_theta":500000}""", "rope_theta and rope_parameters.rope_theta differ")]
    public void Both_rope_spellings_must_agree(string scaling, string parameters, string? problem)
    {
        var configuration = Read(With(("rope_theta", "10000"), ("rope_scaling", scaling), ("rope_parameters", parameters)));

        Assert.Equal(problem is null, configuration is not null);
        Assert.Equal(problem is null ? [] : [$"config.json: {problem}; keep one of them"], problems);
    }

    [Theory]
    [InlineData("""{"model_type":"gpt2","n_embd":64,"n_layer":2,"n_head":4,"vocab_size":128}""", 256, 1024, true)]
    [InlineData(
        """
        {"model_type":"gpt2","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":128,"max_position_embeddings":32,
         "n_inner":96,"tie_word_embeddings":false}
        """,
        96,
        32,
        false)]
    public void Gpt2_has_members_and_defaults_of_its_own(string json, int inner, int positions, bool isTied)
    {
        var configuration = Read(json);

        Assert.Empty(problems);
        Assert.Equal(
            new BaseConfiguration
            {
                Family = BaseFamily.Gpt2,
                HiddenSize = 64,
                LayerCount = 2,
                HeadCount = 4,
                KeyValueHeadCount = 4,
                HeadSize = 16,
                FeedForwardSize = inner,
                NormEpsilon = 1e-5,
                MaxPositions = positions,
                VocabularySize = 128,
                TieEmbeddings = isTied,
            },
            configuration);
    }

    [Theory]
    [InlineData("activation_function", "\"gelu\"", "activation_function 'gelu' is not supported; supported is 'gelu_new'")]
    [InlineData("activation_function", "\"relu\"", "activation_function 'relu' is not supported")]
    [InlineData("hidden_act", "\"silu\"", "hidden_act 'silu' is not supported")]
    [InlineData("scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx is true")]
    [InlineData("add_cross_attention", "true", "add_cross_attention is true")]
    [InlineData("scale_attn_weights", "false", "scale_attn_weights is false")]
    [InlineData("n_head", "5", "n_embd 64 must be a multiple of n_head 5")]
    [InlineData("n_head", "0", "n_head 0 must be from 1")]
    [InlineData("n_embd", "null", "n_embd is missing")]
    [InlineData("n_positions", "0", "n_positions 0 must be from 1")]
    [InlineData("layer_norm_epsilon", "-1", "layer_norm_epsilon -1 must be a positive number")]
    public void Gpt2_variants_that_cannot_be_computed_exactly_are_refused_by_name(string member, string value, string problem)
    {
        var document = JsonNode.Parse("""{"model_type":"gpt2","n_embd":64,"n_layer":2,"n_head":4,"vocab_size":128}""")!.AsObject();
        document[member] = JsonNode.Parse(value);

        Assert.Null(Read(document.ToJsonString()));

        Assert.Contains(problems, line => line.StartsWith("config.json", StringComparison.Ordinal) && line.Contains(problem, StringComparison.Ordinal));
    }

    public static TheoryData<string> Families => [.. Enum.GetNames<BaseFamily>()];

    [Theory]
    [MemberData(nameof(Families))]
    public void Writing_and_reading_keeps_every_member_of_every_architecture(string name)
    {
        var family = Enum.Parse<BaseFamily>(name);
        var configuration = (BaseConfiguration.Nano with { Family = family, VocabularySize = 9, MaxPositions = 77 }) switch
        {
            { Family: BaseFamily.Llama } llama => llama with
            {
                QueryKeyValueBias = true,
                OutputBias = true,
                FeedForwardBias = true,
                RopeScaling = new Llama3RopeScaling(8, 1, 4, 8192),
            },
            { Family: BaseFamily.Qwen2 } qwen => qwen with { QueryKeyValueBias = true, HeadSize = 32, RopeScaling = new LinearRopeScaling(2.5) },
            { Family: BaseFamily.Mistral } mistral => mistral with { SlidingWindow = 5, KeyValueHeadCount = 2, MaxPositions = null },
            var gpt2 => gpt2 with { TieEmbeddings = true },
        };
        BaseConfigurationFile.Write(folder.Path, configuration, "kept");

        Assert.Equal((configuration, "kept"), BaseConfigurationFile.Read(folder.Path, problems));
        Assert.Empty(problems);
    }

    [Fact]
    public void A_member_given_twice_is_refused()
    {
        Assert.Null(Read("""{"model_type":"llama","model_type":"llama"}"""));

        Assert.Contains("config.json cannot be read", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_and_reading_keeps_every_number()
    {
        var configuration = BaseConfiguration.Nano with { NormEpsilon = 1.2345678901234567e-6, RopeTheta = 1e6 / 3, TieEmbeddings = true, VocabularySize = 5 };
        BaseConfigurationFile.Write(folder.Path, configuration, "kept");

        var read = BaseConfigurationFile.Read(folder.Path, problems);

        Assert.Empty(problems);
        Assert.Equal((configuration, "kept"), read);
    }

    private static string With(string member, string value) => With((member, value));

    private static string With(params ReadOnlySpan<(string Member, string Value)> members)
    {
        var document = JsonNode.Parse(Minimal)!.AsObject();
        foreach (var (member, value) in members)
        {
            document[member] = JsonNode.Parse(value);
        }

        return document.ToJsonString();
    }

    private BaseConfiguration? Read(string json)
    {
        folder.Write("config.json", json);
        return BaseConfigurationFile.Read(folder.Path, problems)?.Configuration;
    }
}
