using System.Text.Json;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Bundles;
using TorchSharp;

namespace Telecom.Modeling.Tests.Checkpoints;

public sealed class CheckpointInspectorTests : IDisposable
{
    private static readonly BaseConfiguration Small = new()
    {
        HiddenSize = 8,
        LayerCount = 1,
        HeadCount = 2,
        KeyValueHeadCount = 2,
        HeadSize = 4,
        FeedForwardSize = 12,
        NormEpsilon = 1e-5,
        RopeTheta = 1e4,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_base_is_described()
    {
        using var saved = BaseInitializer.Seeded(Small, 1, "small");
        saved.Save(folder.Path);

        var description = CheckpointInspector.Describe(folder.Path);

        Assert.Empty(CheckpointInspector.Verify(folder.Path));
        Assert.Equal(CheckpointKind.Base, description.Kind);
        Assert.Equal("small", description.Name);
        Assert.Equal(10, description.TensorCount);

        // 4 · 8 · 8 attention, 3 · 8 · 12 feed-forward, 3 · 8 norms.
        Assert.Equal(568, description.ParameterCount);
        Assert.Equal(568 * 4, description.DataBytes);
        Assert.Equal(saved.Fingerprint, description.Fingerprint);
        Assert.Null(description.RequiredBaseFingerprint);
        Assert.Equal(new Dictionary<string, int> { ["F32"] = 10 }, description.TensorsByDataType);
        Assert.Equal(8, description.Configuration.GetProperty("hidden_size").GetInt32());
    }

    [Fact]
    public void A_base_with_a_value_that_is_not_finite_is_found()
    {
        using var saved = BaseInitializer.Seeded(Small, 1, "small");
        saved.Tensors["model.norm.weight"][3] = float.PositiveInfinity;
        saved.Save(folder.Path);

        Assert.Equal(["model.safetensors: tensor 'model.norm.weight' has values that are not finite"], CheckpointInspector.Verify(folder.Path));
    }

    [Theory]
    [InlineData("../evil.safetensors")]
    [InlineData("sub/shard.safetensors")]
    [InlineData("sub\\shard.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("C:shard.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    public void Shards_outside_the_folder_are_never_opened(string shard)
    {
        using var saved = BaseInitializer.Seeded(Small, 1, "small");
        saved.Save(folder.Path);
        File.Delete(folder.File("model.safetensors"));
        WriteIndex(new() { ["model.norm.weight"] = shard });

        Assert.Contains(CheckpointInspector.Verify(folder.Path), problem => problem.Contains("must be a plain file name", StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_of_a_sharded_base_are_listed()
    {
        using var saved = BaseInitializer.Seeded(Small, 1, "small");
        saved.Save(folder.Path);
        File.Delete(folder.File("model.safetensors"));
        var present = saved.Tensors.Where(tensor => tensor.Key != "model.norm.weight").ToArray();
        SafetensorsWriter.Write(folder.File("one.safetensors"), present);
        folder.Write("broken.safetensors", "not a checkpoint");
        var map = present.Skip(1).ToDictionary(tensor => tensor.Key, _ => "one.safetensors");
        map["model.norm.weight"] = "one.safetensors";
        map[present[0].Key] = "absent.safetensors";
        map["x"] = "broken.safetensors";
        WriteIndex(map);

        var problems = CheckpointInspector.Verify(folder.Path);

        Assert.Contains("tensor 'model.norm.weight' is not in its shard one.safetensors", problems);
        Assert.Contains("shard absent.safetensors is missing", problems);
        Assert.Contains("tensor 'model.norm.weight' is missing", problems);
        Assert.Contains($"tensor '{present[0].Key}' is missing", problems);
        Assert.Contains(problems, problem => problem.StartsWith("broken.safetensors: the header length", StringComparison.Ordinal));
        Assert.Equal(5, problems.Count);
    }

    [Theory]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("{}", "weight_map must be an object")]
    [InlineData("""{"weight_map":{"a":1}}""", "must be a string")]
    [InlineData("""{"weight_map":{"a":"x","a":"y"}}""", "cannot be read")]
    public void A_broken_index_is_a_problem(string index, string problem)
    {
        folder.Write("model.safetensors.index.json", index);

        Assert.Contains(CheckpointInspector.Verify(folder.Path), line => line.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_bundle_is_described()
    {
        WriteBundle(Card("nano", new string('a', 64)));

        var description = CheckpointInspector.Describe(folder.Path);

        Assert.Empty(CheckpointInspector.Verify(folder.Path));
        Assert.Equal(CheckpointKind.Bundle, description.Kind);
        Assert.Equal("demo/adapted", description.Name);
        Assert.Equal(3, description.TensorCount);
        Assert.Equal(4 + 16 + 16, description.ParameterCount);
        Assert.Equal(new string('a', 64), description.RequiredBaseFingerprint);
        Assert.Equal("demo", description.Configuration.GetProperty("task").GetString());
        Assert.Matches("^[0-9a-f]{64}$", description.Fingerprint);
    }

    [Fact]
    public void A_bundle_without_base_needs_no_adapter()
    {
        WriteBundle(Card("none", null));
        File.Delete(folder.File("adapter_config.json"));
        File.Delete(folder.File("adapter_model.safetensors"));

        Assert.Empty(CheckpointInspector.Verify(folder.Path));
    }

    [Fact]
    public void A_bundle_without_base_that_has_an_adapter_contradicts_itself()
    {
        WriteBundle(Card("none", null));

        Assert.Contains("card.json says base 'none', but the folder has an adapter", CheckpointInspector.Verify(folder.Path));
    }

    [Theory]
    [InlineData("card.json")]
    [InlineData("task.json")]
    [InlineData("modules.safetensors")]
    [InlineData("adapter_config.json")]
    [InlineData("adapter_model.safetensors")]
    public void A_missing_file_of_a_bundle_is_named(string name)
    {
        WriteBundle(Card("nano", new string('a', 64)));
        File.Delete(folder.File(name));

        Assert.Equal([$"{name} is missing"], CheckpointInspector.Verify(folder.Path));
    }

    [Fact]
    public void Contradictions_of_a_bundle_are_listed_together()
    {
        WriteBundle(Card("nano", "short") with { ModuleParameters = 5, AdapterParameters = 33 });
        folder.Write("task.json", "[1]");
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(folder.File("adapter_model.safetensors"), new Dictionary<string, torch.Tensor>
        {
            ["base_model.model.q_proj.lora_A.weight"] = torch.zeros(2, 8),
            ["base_model.model.q_proj.lora_B.weight"] = torch.zeros(8, 3),
            ["base_model.model.v_proj.lora_A.weight"] = torch.full([2, 8], float.NaN),
            ["other.lora_A.weight"] = torch.zeros(8),
        });

        var problems = CheckpointInspector.Verify(folder.Path);

        Assert.Contains("task.json must hold a JSON object", problems);
        Assert.Contains("card.json: the base fingerprint must have 64 lower-case hexadecimal digits", problems);
        Assert.Contains(problems, problem => problem.Contains("q_proj.lora_B.weight' has rank 3, adapter_config.json says 2", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("q_proj.lora_A.weight' has rank 2 but its partner has rank 3", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("v_proj.lora_A.weight' has no partner", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("v_proj.lora_A.weight' has values that are not finite", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("'other.lora_A.weight' does not begin with 'base_model.'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("'other.lora_A.weight' must be a matrix", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("modules.safetensors holds 4 values, fewer than the 5", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("names base fingerprint aaaa", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"r":2,"lora_alpha":2,"target_modules":["q_proj"]}""", "peft_type is missing")]
    [InlineData("""{"peft_type":"PREFIX_TUNING","r":2,"target_modules":["q_proj"]}""", "peft_type PREFIX_TUNING is not supported")]
    [InlineData("""{"peft_type":"LORA","r":0,"lora_alpha":2,"target_modules":["q_proj"]}""", "r must be positive")]
    [InlineData("""{"peft_type":"LORA","r":2.5,"lora_alpha":2,"target_modules":["q_proj"]}""", "r must be an integer")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"]}""", "lora_alpha is missing")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":2}""", "target_modules is missing")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":2,"target_modules":["q_proj"],"bias":"all"}""", "bias all is not supported")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":2,"target_modules":["q_proj"],"layer_replication":[[0,1]]}""", "layer_replication [[0,1]] is not supported")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":2,"target_modules":["q_proj"],"trainable_token_indices":[1]}""", "trainable_token_indices [1] is not supported")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":2,"target_modules":["q_proj"],"use_qalora":true}""", "use_qalora true is not supported")]
    public void Adapter_configurations_outside_the_supported_set_are_named(string configuration, string problem)
    {
        WriteAdapter();
        folder.Write("adapter_config.json", configuration);

        Assert.Contains(CheckpointInspector.Verify(folder.Path), line => line.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Pickles_are_refused()
    {
        WriteAdapter();
        File.Move(folder.File("adapter_model.safetensors"), folder.File("adapter_model.bin"));

        Assert.Contains("is a pickle", Assert.Single(CheckpointInspector.Verify(folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_folders_are_told_apart_from_checkpoints()
    {
        Assert.Contains("no checkpoint folder", Assert.Single(CheckpointInspector.Verify(folder.Path)), StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Single(CheckpointInspector.Verify(folder.File("none"))), StringComparison.Ordinal);
        Assert.Throws<CheckpointFormatException>(() => CheckpointInspector.Describe(folder.Path));
    }

    private static BundleCard Card(string baseName, string? baseFingerprint) => new()
    {
        Task = "demo",
        Method = "adapted",
        Contract = "1.0",
        Base = baseName,
        BaseFingerprint = baseFingerprint,
        Data = "generated",
        DataFingerprint = new string('b', 64),
        Seed = 1,
        Command = "telecom train demo",
        Metrics = new Dictionary<string, double> { ["loss"] = 0.5 },
        Licence = "MIT",
        CreatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        ModuleParameters = 4,
        AdapterParameters = baseName == "none" ? 0 : 32,
    };

    private void WriteBundle(BundleCard card)
    {
        folder.Write("card.json", JsonSerializer.Serialize(card, BundleJson.Default.BundleCard));
        folder.Write("task.json", """{"horizon":"20"}""");
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(folder.File("modules.safetensors"), [KeyValuePair.Create("head.weight", torch.ones(4))]);
        WriteAdapter();
    }

    private void WriteAdapter()
    {
        folder.Write("adapter_config.json", $$"""
            {"peft_type":"LORA","r":2,"lora_alpha":4,"target_modules":["q_proj"],"bias":"none","base_fingerprint":"{{new string('a', 64)}}"}
            """);
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(folder.File("adapter_model.safetensors"), new Dictionary<string, torch.Tensor>
        {
            ["base_model.model.q_proj.lora_A.weight"] = torch.zeros(2, 8),
            ["base_model.model.q_proj.lora_B.weight"] = torch.zeros(8, 2),
        });
    }

    private void WriteIndex(Dictionary<string, string> map)
    {
        var entries = map.Select(pair => $"\"{pair.Key}\":\"{JsonEncodedText.Encode(pair.Value)}\"");
        folder.Write("model.safetensors.index.json", "{\"metadata\":{\"total_size\":0},\"weight_map\":{" + string.Join(',', entries) + "}}");
    }
}
