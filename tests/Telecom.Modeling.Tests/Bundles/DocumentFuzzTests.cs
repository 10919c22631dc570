using System.Text.Json.Nodes;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Tests.Tokens;
using Telecom.Modeling.Tokens;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Bundles;

/// <summary>Configuration documents with members of any kind are refused with a code or mean something; nothing else escapes.</summary>
public sealed class DocumentFuzzTests : IDisposable
{
    private const int Trials = 600;

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "2", "2.5", "4096", "2147483648", "1e300", "\"\"", "\"x\"", "\"(\"", "\".*\"", "\"all-linear\"", "\"silu\"", "[]", "[1]",
        "[-1]", "[\"q_proj\"]", "[\"embed_tokens\",\"lm_head\"]", "[null]", "[[0,1]]", "{}", "{\"q_proj\":2}", "{\"(\":1}", "{\"q_proj\":\"x\"}", "{\"q_proj\":0}",
        "{\"rope_type\":\"linear\",\"factor\":2}", "{\"type\":\"Sequence\"}", "{\"type\":3}", "{\"a\":{\"b\":[]}}",
    ];

    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly BaseWeights weights = SmallBase.Weights(SmallBase.Grouped with { VocabularySize = 11, MaxPositions = 64 });

    public void Dispose()
    {
        weights.Dispose();
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Adapter_configurations_are_refused_or_loaded()
    {
        using var adapter = new LoraAdapter(TestAdapter.AllTargets(2), weights.Configuration, CPU, 1);
        PeftWriter.Write(folder.Path, adapter, "small", null);
        string[] members =
        [
            "alpha_pattern", "rank_pattern", "exclude_modules", "layers_to_transform", "layers_pattern", "modules_to_save", "lora_bias", "init_lora_weights",
            "init_weights", "mini_r", "telecom_method", "use_qalora", "base_fingerprint",
        ];

        Assert.InRange(Survive(1, "adapter_config.json", members, () => PeftFolder.Open(folder.Path).Load(weights).Dispose()), 20, Trials - 20);
    }

    [Fact]
    public void Base_configurations_are_refused_or_loaded()
    {
        weights.Save(folder.Path);
        string[] members = ["rope_parameters", "quantization_config", "layer_types", "use_sliding_window", "partial_rotary_factor", "dtype"];

        Assert.InRange(Survive(2, "config.json", members, () => BaseWeights.Load(folder.Path).Dispose()), 20, Trials - 20);
    }

    [Fact]
    public void Tokenizers_are_refused_or_used()
    {
        folder.Write("tokenizer.json", TinyTokenizer.Document("""{"type":"ByteLevel","add_prefix_space":false}""").ToJsonString());

        Assert.InRange(Survive(3, "tokenizer.json", ["normalizer"], () => TokenizerFolder.Open(folder.Path).Encode("hello 12 ☃")), 5, Trials - 20);
    }

    /// <returns>How many documents were accepted.</returns>
    private int Survive(int seed, string file, string[] moreMembers, Action use)
    {
        var random = new Random(seed);
        var original = File.ReadAllText(folder.File(file));
        string[] members = [.. JsonNode.Parse(original)!.AsObject().Select(member => member.Key), .. moreMembers];
        var accepted = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var document = JsonNode.Parse(original)!.AsObject();
            for (var change = random.Next(1, 3); change > 0; change--)
            {
                document[members[random.Next(members.Length)]] = JsonNode.Parse(Values[random.Next(Values.Length)]);
            }

            folder.Write(file, document.ToJsonString());
            CheckpointInspector.Verify(folder.Path);
            try
            {
                use();
                accepted++;
            }
            catch (TelecomException exception)
            {
                Assert.NotEqual(ErrorCode.InvalidInput, exception.Code);
                Assert.DoesNotContain("\n", exception.Message, StringComparison.Ordinal);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Trial {trial}: {document.ToJsonString()} gave {exception}");
            }
        }

        return accepted;
    }
}
