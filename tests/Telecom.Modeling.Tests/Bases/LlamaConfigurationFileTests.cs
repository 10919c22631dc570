using System.Text.Json.Nodes;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Checkpoints;

namespace Telecom.Modeling.Tests.Bases;

public sealed class LlamaConfigurationFileTests : IDisposable
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
    [InlineData("attention_bias", "true", "attention_bias is true")]
    [InlineData("mlp_bias", "true", "mlp_bias is true")]
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
        LlamaConfigurationFile.Write(folder.Path, configuration, "kept");

        var read = LlamaConfigurationFile.Read(folder.Path, problems);

        Assert.Empty(problems);
        Assert.Equal((configuration, "kept"), read);
    }

    private static string With(string member, string value)
    {
        var document = JsonNode.Parse(Minimal)!.AsObject();
        document[member] = JsonNode.Parse(value);
        return document.ToJsonString();
    }

    private BaseConfiguration? Read(string json)
    {
        folder.Write("config.json", json);
        return LlamaConfigurationFile.Read(folder.Path, problems)?.Configuration;
    }
}
