using System.Text.Json.Nodes;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Bundles;

public sealed class BundleTests : IDisposable
{
    private const string Fingerprint = "aaaa";

    private static readonly AdapterOptions Options = new() { Rank = 2, Alpha = 5, Dropout = 0.25, Targets = ["q_proj", "o_proj"] };

    private static readonly BaseConfiguration Configuration = SmallBase.Grouped;

    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void What_is_written_is_read_back_to_the_bit()
    {
        using var modules = Network(1);
        using var adapter = TestAdapter.Trained(Options, Configuration, 1);
        using var loadedModules = Network(2);

        var bundle = Bundle.Open(Write(modules, adapter));
        bundle.LoadModules(loadedModules);
        using var weights = SmallBase.Weights(Configuration);
        using var loadedAdapter = bundle.LoadAdapter(weights);

        Assert.Equal(Bytes(modules.state_dict()), Bytes(loadedModules.state_dict()));
        Assert.Equal(Bytes(adapter.Parameters), Bytes(loadedAdapter.Parameters));
        var expected = new LinearSettings { Rank = 2, Alpha = 5, Dropout = 0.25 };
        Assert.All(loadedAdapter.Placements, placement => Assert.Equal(expected, placement.Settings));
        Assert.Equal("7", bundle.Settings["history"]);
        Assert.Equal(Card() with { Metrics = bundle.Card.Metrics }, bundle.Card);
        Assert.Equal(0.5, bundle.Card.Metrics["mae"]);
        bundle.RequireMethod("toy", "adapted");
        bundle.RequireBase("small", Fingerprint);
    }

    [Fact]
    public void Network_bundle_has_no_adapter_and_needs_no_base()
    {
        using var modules = Network(1);

        var bundle = Bundle.Open(Write(modules, null, Card() with { Base = "none", BaseFingerprint = null }));

        Assert.False(bundle.HasAdapter);
        bundle.RequireBase("none", null);
        Assert.Equal(["card.json", "modules.safetensors", "task.json"], Files(bundle.Folder));
        Assert.Equal(ErrorCode.BaseIncompatible, Assert.ThrowsAny<TelecomException>(() => bundle.RequireBase("small", Fingerprint)).Code);
    }

    [Fact]
    public void Written_folder_passes_the_inspection()
    {
        using var modules = Network(1);
        using var adapter = TestAdapter.Trained(Options, Configuration, 1);
        var fingerprint = new string('a', 64);
        var card = Card() with { BaseFingerprint = fingerprint, ModuleParameters = 8, AdapterParameters = adapter.ParameterCount };

        var directory = Write(modules, adapter, card);

        Assert.Empty(CheckpointInspector.Verify(directory));
        Assert.Equal(CheckpointKind.Bundle, CheckpointInspector.Describe(directory).Kind);
    }

    [Fact]
    public void Half_precision_weights_are_widened()
    {
        using var modules = Network(1);
        var bundle = Bundle.Open(Write(modules, null, Card() with { Base = "none", BaseFingerprint = null }));
        var half = modules.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.to(bfloat16));
        SafetensorsWriter.Write(Path.Combine(bundle.Folder, BundleLayout.Modules), half);
        using var loaded = Network(2);

        bundle.LoadModules(loaded);

        Assert.Equal(Bytes(half.ToDictionary(pair => pair.Key, pair => pair.Value.to(float32))), Bytes(loaded.state_dict()));
    }

    [Theory]
    [InlineData(BundleLayout.Card)]
    [InlineData(BundleLayout.Task)]
    [InlineData(BundleLayout.Modules)]
    [InlineData(BundleLayout.AdapterConfiguration)]
    [InlineData(BundleLayout.AdapterWeights)]
    public void Missing_file_is_named(string file) => AssertRefused(directory => File.Delete(Path.Combine(directory, file)), file);

    [Theory]
    [InlineData(BundleLayout.Card, "{")]
    [InlineData(BundleLayout.Card, "null")]
    [InlineData(BundleLayout.Card, "{\"task\":\"toy\"}")]
    [InlineData(BundleLayout.Task, "[1]")]
    [InlineData(BundleLayout.Task, "{\"history\":\"1\",\"history\":\"2\"}")]
    [InlineData(BundleLayout.AdapterConfiguration, "not json")]
    [InlineData(BundleLayout.AdapterConfiguration, "{\"r\":2,\"lora_alpha\":1}")]
    [InlineData(BundleLayout.AdapterConfiguration, "{\"r\":\"two\",\"lora_alpha\":1,\"target_modules\":[\"q_proj\"]}")]
    [InlineData(BundleLayout.AdapterConfiguration, "{\"r\":2,\"lora_alpha\":1,\"target_modules\":\"all-linear\"}")]
    [InlineData(BundleLayout.AdapterConfiguration, "{\"r\":2,\"lora_alpha\":1,\"target_modules\":null}")]
    public void Damaged_document_is_named(string file, string text) =>
        AssertRefused(directory => File.WriteAllText(Path.Combine(directory, file), text), file);

    [Theory]
    [InlineData("card.json", "task", "null")]
    [InlineData("card.json", "metrics", "null")]
    public void Null_member_of_the_card_is_refused(string file, string member, string value) =>
        AssertRefused(directory => Edit(Path.Combine(directory, file), member, value), file);

    [Theory]
    [InlineData("peft_type", "\"VERA\"", "peft_type VERA")]
    [InlineData("bias", "\"all\"", "bias all")]
    [InlineData("use_dora", "true", "q_proj.lora_magnitude_vector' is missing")]
    [InlineData("rank_pattern", "{\"q_proj\":4}", "q_proj.lora_A.weight' is [2, 16], expected [4, 16]")]
    [InlineData("layers_to_transform", "[0]", "layers.1.self_attn.q_proj.lora_A.weight' is not expected")]
    [InlineData("modules_to_save", "[\"lm_head\"]", "modules_to_save means 'lm_head', which the base does not have")]
    [InlineData("r", "3", "lora_A.weight' is [2, 16], expected [3, 16]")]
    [InlineData("r", "0", "rank 0 must be from 1")]
    [InlineData("target_modules", "[\"q_proj\",\"lm_head\"]", "o_proj.lora_A.weight' is not expected")]
    [InlineData("target_modules", "[\"q_proj\"]", "o_proj.lora_A.weight' is not expected")]
    [InlineData("target_modules", "[\"q_proj\",\"o_proj\",\"k_proj\"]", "k_proj.lora_A.weight' is missing")]
    [InlineData("base_fingerprint", "\"bbbb\"", "fingerprint bbbb, but this host has base 'small' with fingerprint aaaa")]
    public void Adapter_that_asks_for_something_else_is_refused(string member, string value, string part) =>
        AssertRefused(directory => Edit(Path.Combine(directory, BundleLayout.AdapterConfiguration), member, value), part);

    [Theory]
    [InlineData("rank_pattern", "{}")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("target_modules", "\".*\\\\.(q|o)_proj\"")]
    [InlineData("modules_to_save", "null")]
    [InlineData("lora_bias", "false")]
    [InlineData("megatron_core", "\"megatron.core\"")]
    [InlineData("base_fingerprint", "null")]
    [InlineData("base_model_name_or_path", "null")]
    public void Members_that_peft_always_writes_are_accepted(string member, string value)
    {
        using var modules = Network(1);
        using var adapter = TestAdapter.Trained(Options, Configuration, 1);
        var directory = Write(modules, adapter);
        Edit(Path.Combine(directory, BundleLayout.AdapterConfiguration), member, value);

        Assert.Null(Record.Exception(() => Load(directory, modules, adapter)));
    }

    [Fact]
    public void Other_base_is_refused_with_both_fingerprints()
    {
        using var modules = Network(1);
        using var adapter = TestAdapter.Trained(Options, Configuration, 1);
        var bundle = Bundle.Open(Write(modules, adapter));

        var exception = Assert.ThrowsAny<TelecomException>(() => bundle.RequireBase("other", "cccc"));

        Assert.Equal(ErrorCode.BaseIncompatible, exception.Code);
        Assert.Contains("base 'small' with fingerprint aaaa", exception.Message, StringComparison.Ordinal);
        Assert.Contains("base 'other' with fingerprint cccc", exception.Message, StringComparison.Ordinal);
        Assert.Contains("(none)", Assert.ThrowsAny<TelecomException>(() => bundle.RequireBase("none", null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", "adapted")]
    [InlineData("toy", "other")]
    public void Other_method_is_refused_with_both_names(string task, string method)
    {
        using var modules = Network(1);
        var bundle = Bundle.Open(Write(modules, null));

        var exception = Assert.ThrowsAny<TelecomException>(() => bundle.RequireMethod(task, method));

        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains("'adapted' of task 'toy'", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"'{method}' of '{task}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundle_of_a_base_without_its_adapter_is_refused()
    {
        using var modules = Network(1);
        var bundle = Bundle.Open(Write(modules, null));

        var exception = Assert.ThrowsAny<TelecomException>(() => bundle.RequireBase("small", Fingerprint));

        Assert.Contains("adapter_model.safetensors) is missing", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "tensor 'bias' is missing")]
    [InlineData("extra", "tensor 'gain' is not expected")]
    [InlineData("shape", "tensor 'weight' is [3, 2], expected [2, 3]")]
    [InlineData("type", "tensor 'bias' is I64, expected Float32")]
    [InlineData("nan", "tensor 'bias' has values that are not finite")]
    [InlineData("infinity", "tensor 'bias' has values that are not finite")]
    public void Misfitting_module_tensor_is_named_and_nothing_is_loaded(string defect, string part) =>
        AssertRefused(directory => Damage(Path.Combine(directory, BundleLayout.Modules), "weight", "bias", defect), part);

    [Theory]
    [InlineData("missing", "layers.0.self_attn.q_proj.lora_B.weight' is missing")]
    [InlineData("extra", "tensor 'gain' is not expected")]
    [InlineData("shape", "layers.0.self_attn.q_proj.lora_A.weight' is [16, 2], expected [2, 16]")]
    [InlineData("nan", "layers.0.self_attn.q_proj.lora_B.weight' has values that are not finite")]
    public void Misfitting_adapter_tensor_is_named_and_nothing_is_loaded(string defect, string part)
    {
        const string Prefix = "base_model.model.model.layers.0.self_attn.q_proj.";
        AssertRefused(
            directory => Damage(Path.Combine(directory, BundleLayout.AdapterWeights), Prefix + "lora_A.weight", Prefix + "lora_B.weight", defect),
            part);
    }

    [Fact]
    public void Every_misfit_of_a_file_is_listed()
    {
        using var modules = Network(1);
        var bundle = Bundle.Open(Write(modules, null));
        var others = new Dictionary<string, Tensor> { ["weight"] = zeros(1), ["gain"] = zeros(1) };
        SafetensorsWriter.Write(Path.Combine(bundle.Folder, BundleLayout.Modules), others);

        var exception = Assert.ThrowsAny<TelecomException>(() => bundle.LoadModules(modules));

        Assert.Contains("'bias' is missing; tensor", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'gain' is not expected", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'weight' is [1]", exception.Message, StringComparison.Ordinal);
    }

    private static void Load(string directory, nn.Module modules, LoraAdapter expected)
    {
        var bundle = Bundle.Open(directory);
        bundle.RequireMethod("toy", "adapted");
        bundle.RequireBase("small", Fingerprint);
        bundle.LoadModules(modules);
        using var weights = SmallBase.Weights(Configuration);
        using var adapter = bundle.LoadAdapter(weights);
        Assert.Equal(Bytes(expected.Parameters), Bytes(adapter.Parameters));
    }

    private static TorchSharp.Modules.Linear Network(int seed)
    {
        var network = nn.Linear(3, 2);
        using var noGradient = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            parameter.copy_(tensor(Arrays.Normal((ulong)(seed * 10) + (ulong)name.Length, parameter.numel()), parameter.shape));
        }

        return network;
    }

    private static BundleCard Card() => new()
    {
        Task = "toy",
        Method = "adapted",
        Contract = "1.0",
        Base = "small",
        BaseFingerprint = Fingerprint,
        Data = "made up",
        DataFingerprint = "dd",
        Seed = 3,
        Command = "telecom train toy",
        Metrics = new Dictionary<string, double> { ["mae"] = 0.5 },
        Licence = "MIT",
        CreatedAt = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
        ModuleParameters = 8,
        AdapterParameters = 0,
    };

    private static byte[] Bytes(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        [.. tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => Arrays.BytesOf(pair.Value))];

    private static IEnumerable<string?> Files(string directory) =>
        Directory.EnumerateFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static void Edit(string path, string member, string value)
    {
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        document[member] = JsonNode.Parse(value);
        File.WriteAllText(path, document.ToJsonString());
    }

    private static void Damage(string path, string matrix, string vector, string defect)
    {
        var tensors = new Dictionary<string, Tensor>();
        using (var file = SafetensorsFile.Open(path))
        {
            foreach (var entry in file.Entries)
            {
                tensors[entry.Name] = file.Load(entry.Name);
            }
        }

        switch (defect)
        {
            case "missing":
                tensors.Remove(vector);
                break;
            case "extra":
                tensors["gain"] = zeros(1);
                break;
            case "shape":
                tensors[matrix] = tensors[matrix].t();
                break;
            case "type":
                tensors[vector] = tensors[vector].to(int64);
                break;
            default:
                tensors[vector].view(-1)[0] = defect == "nan" ? float.NaN : float.PositiveInfinity;
                break;
        }

        SafetensorsWriter.Write(path, tensors);
    }

    private string Write(nn.Module modules, LoraAdapter? adapter, BundleCard? card = null)
    {
        var settings = SettingValues.Create([new SettingDescriptor("history", "10", "samples")], [KeyValuePair.Create("history", "7")]);
        var directory = folder.File("bundle");
        BundleWriter.Write(directory, new BundleContents(card ?? Card(), settings, modules, adapter));
        return directory;
    }

    private void AssertRefused(Action<string> damage, string part)
    {
        using var written = Network(1);
        using var adapter = TestAdapter.Trained(Options, Configuration, 1);
        using var target = Network(2);
        var before = Bytes(target.state_dict());
        var directory = Write(written, adapter);
        damage(directory);

        var exception = Assert.ThrowsAny<TelecomException>(() => Load(directory, target, adapter));

        Assert.Contains(exception.Code, new[] { ErrorCode.BundleInvalid, ErrorCode.CheckpointInvalid, ErrorCode.BaseIncompatible });
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);

        // Modules load before the adapter: they are either untouched or whole.
        Assert.Contains(Bytes(target.state_dict()), new[] { before, Bytes(written.state_dict()) });
    }
}
