using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Testing;
using TorchSharp;

namespace Telecom.Modeling.Tests.Bases;

public sealed class BaseWeightsTests : IDisposable
{
    private static readonly BaseConfiguration Small = new()
    {
        HiddenSize = 8,
        LayerCount = 1,
        HeadCount = 2,
        KeyValueHeadCount = 1,
        HeadSize = 6,
        FeedForwardSize = 12,
        NormEpsilon = 1e-6,
        RopeTheta = 12_345.5,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Saving_and_loading_keeps_everything()
    {
        using var saved = BaseInitializer.Seeded(Small, 9, "small");
        saved.Save(folder.File("base"));

        using var loaded = BaseWeights.Load(folder.File("base"));

        Assert.Equal(saved.Fingerprint, loaded.Fingerprint);
        Assert.Equal(Small, loaded.Configuration);
        Assert.Equal("small", loaded.Name);
        Assert.Empty(loaded.Warnings);
        Assert.All(loaded.Tensors, tensor => Assert.Equal(saved.Tensors[tensor.Key].bytes.ToArray(), tensor.Value.bytes.ToArray()));
    }

    [Fact]
    public void Loaded_tensors_survive_the_callers_dispose_scope()
    {
        using var saved = BaseInitializer.Seeded(Small, 9, "small");
        saved.Save(folder.Path);
        BaseWeights loaded;
        using (torch.NewDisposeScope())
        {
            loaded = BaseWeights.Load(folder.Path);
        }

        using (loaded)
        {
            Assert.Equal(saved.Fingerprint, loaded.RecomputeFingerprint());
        }
    }

    [Fact]
    public void Disposal_releases_every_tensor()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var weights = BaseInitializer.Seeded(Small with { VocabularySize = 16, TieEmbeddings = true }, 9, "small");
        weights.Dispose();
        weights.Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_tied_head_is_the_embedding_itself()
    {
        using var saved = BaseInitializer.Seeded(Small with { VocabularySize = 16, TieEmbeddings = true }, 9, "tied");
        saved.Save(folder.Path);

        using var loaded = BaseWeights.Load(folder.Path);

        Assert.Same(loaded.Tensors["model.embed_tokens.weight"], loaded.Tensors["lm_head.weight"]);
        Assert.Equal(saved.Fingerprint, loaded.Fingerprint);
        Assert.Equal(saved.Configuration.ParameterCount * 4, loaded.TotalBytes);
    }

    [Theory]
    [InlineData(torch.ScalarType.BFloat16)]
    [InlineData(torch.ScalarType.Float16)]
    public void Half_precision_files_become_float32(torch.ScalarType type)
    {
        using var saved = BaseInitializer.Seeded(Small, 9, "small");
        saved.Save(folder.Path);
        using var scope = torch.NewDisposeScope();
        var rounded = saved.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.to(type));
        SafetensorsWriter.Write(folder.File("model.safetensors"), rounded);

        using var loaded = BaseWeights.Load(folder.Path);

        Assert.All(loaded.Tensors.Values, tensor => Assert.Equal(torch.ScalarType.Float32, tensor.dtype));
        Assert.Equal(BaseFingerprint.Compute(rounded), loaded.Fingerprint);
    }

    [Fact]
    public void All_problems_of_a_folder_come_in_one_error()
    {
        using var saved = BaseInitializer.Seeded(Small, 9, "small");
        saved.Save(folder.Path);
        using var scope = torch.NewDisposeScope();
        var tensors = saved.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.alias());
        tensors.Remove("model.norm.weight");
        tensors["model.layers.0.self_attn.k_proj.weight"] = torch.zeros(8, 6);
        tensors["model.layers.0.mlp.up_proj.weight"] = torch.zeros(12, 8, dtype: torch.ScalarType.Int32);
        tensors["model.layers.1.mlp.up_proj.weight"] = torch.zeros(1);
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors);

        var error = Assert.Throws<CheckpointFormatException>(() => BaseWeights.Load(folder.Path));

        Assert.Equal(4, error.Problems.Count);
        Assert.Contains("tensor 'model.norm.weight' is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("'model.layers.0.self_attn.k_proj.weight' has shape [8, 6], expected [6, 8]", error.Message, StringComparison.Ordinal);
        Assert.Contains("'model.layers.0.mlp.up_proj.weight' has data type I32", error.Message, StringComparison.Ordinal);
        Assert.Contains("'model.layers.1.mlp.up_proj.weight' is unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_tensors_alone_are_a_warning_and_legacy_buffers_not_even_that()
    {
        using var saved = BaseInitializer.Seeded(Small, 9, "small");
        saved.Save(folder.Path);
        using var scope = torch.NewDisposeScope();
        var tensors = saved.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.alias());
        tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.zeros(3);
        tensors["extra"] = torch.zeros(3);
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors);

        using var loaded = BaseWeights.Load(folder.Path);

        Assert.Equal(["tensor 'extra' is unknown to the architecture and is ignored"], loaded.Warnings);
        Assert.Equal(saved.Fingerprint, loaded.Fingerprint);
    }

    [Fact]
    public void Index_problems_are_listed_together()
    {
        using var saved = BaseInitializer.Seeded(Small, 9, "small");
        saved.Save(folder.Path);
        File.Move(folder.File("model.safetensors"), folder.File("a.safetensors"));
        var map = saved.Tensors.Keys.ToDictionary(name => name, _ => "a.safetensors");
        map["model.norm.weight"] = "../a.safetensors";
        map["model.layers.0.mlp.up_proj.weight"] = "b.safetensors";
        map["phantom"] = "a.safetensors";
        var members = string.Join(',', map.Select(pair => $"\"{pair.Key}\":\"{pair.Value}\""));
        folder.Write("model.safetensors.index.json", "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + members + "}}");

        var error = Assert.Throws<CheckpointFormatException>(() => BaseWeights.Load(folder.Path));

        Assert.Contains(error.Problems, problem => problem.Contains("shard '../a.safetensors' must be a plain file name", StringComparison.Ordinal));
        Assert.Contains("shard b.safetensors is missing", error.Problems);
        Assert.Contains("tensor 'phantom' is not in its shard a.safetensors", error.Problems);
        Assert.Contains("tensor 'model.norm.weight' is missing", error.Problems);
        Assert.Contains("tensor 'model.layers.0.mlp.up_proj.weight' is missing", error.Problems);
    }

    [Fact]
    public void Biases_of_qwen2_are_required()
    {
        using var saved = BaseInitializer.Seeded(Small with { Family = BaseFamily.Qwen2, QueryKeyValueBias = true }, 9, "small");
        saved.Save(folder.Path);
        using (var loaded = BaseWeights.Load(folder.Path))
        {
            Assert.Equal(0, loaded.Tensors["model.layers.0.self_attn.k_proj.bias"].abs().sum().item<float>());
            Assert.False(loaded.Tensors.ContainsKey("model.layers.0.self_attn.o_proj.bias"));
        }

        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(folder.File("model.safetensors"), saved.Tensors.Where(tensor => !tensor.Key.EndsWith("v_proj.bias", StringComparison.Ordinal)));

        var error = Assert.Throws<CheckpointFormatException>(() => BaseWeights.Load(folder.Path));
        Assert.Equal(["tensor 'model.layers.0.self_attn.v_proj.bias' is missing"], error.Problems);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused()
    {
        var error = Assert.Throws<CheckpointFormatException>(() => BaseWeights.Load(folder.File("none")));

        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_is_refused_with_both_files()
    {
        var error = Assert.Throws<CheckpointFormatException>(() => BaseWeights.Load(folder.Path));

        Assert.Equal(["config.json is missing", "neither model.safetensors nor model.safetensors.index.json is there"], error.Problems);
    }

    [Fact]
    public void The_small_recorded_model_loads()
    {
        using var loaded = BaseWeights.Load(Path.Combine(SharedData.Folder("adapters"), "tiny-llama"));

        Assert.Equal(90_432, loaded.Configuration.ParameterCount);
        Assert.Equal(90_432 * 4, loaded.TotalBytes);
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void Shards_in_half_precision_hold_the_same_base()
    {
        using var single = BaseWeights.Load(Path.Combine(SharedData.Folder("adapters"), "tiny-llama"));
        using var sharded = BaseWeights.Load(Path.Combine(SharedData.Folder("adapters"), "tiny-llama-sharded"));

        // The weights were chosen to be exact in BF16 and F16.
        Assert.Equal(single.Fingerprint, sharded.Fingerprint);
    }
}
