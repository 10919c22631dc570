using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>Adapters in PEFT layout on a small Llama against logits that were computed in float64 elsewhere (adapters.md 6, G11).</summary>
public sealed class PeftGoldenTests : IDisposable
{
    // Given with the data.
    private const double Tolerance = 1e-4;

    private static readonly string[] Supported = ["lora-qv-r4", "lora-rslora-patterns", "dora-r4", "miss-r8", "shira-r2"];

    private readonly string folder = SharedData.Folder("adapters");
    private readonly TemporaryFolder temporary = new();
    private readonly BaseModel model;
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public PeftGoldenTests() => model = new BaseModel(BaseWeights.Load(Path.Combine(folder, "tiny-llama")));

    public static TheoryData<string> Names => [.. Supported];

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_the_reference(string name)
    {
        using var adapter = Load(name);

        AssertGolden(name, adapter);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_exported_is_imported_to_the_same_logits_and_values(string name)
    {
        using var adapter = Load(name);

        PeftWriter.Write(temporary.Path, adapter, "tiny-llama", model.Fingerprint);
        using var again = PeftFolder.Open(temporary.Path).Load(model.Weights);

        Assert.Empty(CheckpointInspector.Verify(temporary.Path));
        Assert.Equal(adapter.Kind, again.Kind);
        Assert.Equal(adapter.Placements.Select(placement => placement.Settings), again.Placements.Select(placement => placement.Settings));
        Assert.Equal(adapter.Parameters.Keys, again.Parameters.Keys);
        Assert.Equal(adapter.Parameters.Values.SelectMany(Arrays.BytesOf), again.Parameters.Values.SelectMany(Arrays.BytesOf));
        AssertGolden(name, again);
    }

    [Theory]
    [InlineData("lora-qv-r4")]
    [InlineData("dora-r4")]
    public void Exported_weights_have_the_bytes_and_the_configuration_only_members_of_the_file_that_was_read(string name)
    {
        using var adapter = Load(name);

        PeftWriter.Write(temporary.Path, adapter, "tiny-llama", model.Fingerprint);

        var original = Path.Combine(folder, "peft", name);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(original, "adapter_model.safetensors")), File.ReadAllBytes(temporary.File("adapter_model.safetensors")));
        Assert.Empty(MembersOf(temporary.Path).Except(MembersOf(original)).Except(["base_fingerprint"]));

        static IEnumerable<string> MembersOf(string directory) =>
            JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "adapter_config.json"))).RootElement.EnumerateObject().Select(member => member.Name);
    }

    [Theory]
    [InlineData("mixed_batch")]
    [InlineData("mixed_padded")]
    public void Rows_of_different_adapters_in_one_forward_are_those_of_the_reference(string name)
    {
        var adapters = Supported.ToDictionary(supported => supported, Load);
        var expected = Expected().GetProperty(name);
        var ids = Ids(expected.GetProperty("input_ids"));
        var mask = expected.TryGetProperty("attention_mask", out var given) ? Ids(given).to(@bool) : null;
        var rows = expected.GetProperty("adapters").EnumerateArray().Select((element, row) => (Name: element.GetString(), Row: row))
            .ToArray();

        var hidden = model.Forward([.. rows.Select(entry => new ForwardSegment(
            new Embeddings(Embed(ids.narrow(0, entry.Row, 1)), mask?.narrow(0, entry.Row, 1)), entry.Name is null ? null : adapters[entry.Name]))]);

        Assert.Equal(expected.GetProperty("adapters").GetArrayLength(), rows.Length);
        foreach (var (entry, states) in rows.Zip(hidden))
        {
            AssertClose(expected.GetProperty("last_logits")[entry.Row], Logits(states)[0, -1]);
        }

        foreach (var adapter in adapters.Values)
        {
            adapter.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Merged_weights_answer_as_the_adapter_does_and_unmerging_gives_the_original_back(string name)
    {
        using var adapter = Load(name);

        foreach (var placement in adapter.Placements)
        {
            var weight = placement.Site.Weight!;
            var before = Arrays.BytesOf(weight);
            var x = tensor(Arrays.Normal(5, 3L * placement.Site.Inputs), [3, placement.Site.Inputs]);
            var plain = nn.functional.linear(x, weight);
            var adapted = plain.add(adapter.Delta(placement.Site.Layer, placement.Site.Target, x, plain)!);
            using var merged = new MergedWeight(weight);

            merged.Merge(adapter.Linear(placement.Site.Layer, placement.Site.Target)!);
            var answer = nn.functional.linear(x, merged.Current);

            // adapters.md 4.1: 1e-4 relative to the largest output.
            Assert.InRange(Arrays.MaxDifference(adapted, answer) / adapted.abs().max().item<float>(), 0, 1e-4);
            Assert.NotEqual(before, Arrays.BytesOf(merged.Current));
            merged.Unmerge();
            Assert.Same(weight, merged.Current);
            Assert.Equal(before, Arrays.BytesOf(weight));
        }

        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
    }

    [Fact]
    public void Blocks_of_the_earlier_type_are_accepted()
    {
        CopyOf("miss-r8", name => name.Replace("miss_block", "bone_block", StringComparison.Ordinal));
        var configuration = File.ReadAllText(temporary.File("adapter_config.json")).Replace("MISS", "BONE", StringComparison.Ordinal);
        File.WriteAllText(temporary.File("adapter_config.json"), configuration);

        using var adapter = PeftFolder.Open(temporary.Path).Load(model.Weights);

        AssertGolden("miss-r8", adapter);
    }

    [Fact]
    public void Indices_in_floats_and_in_any_order_are_accepted()
    {
        CopyOf("shira-r2", name => name, Reversed);

        using var adapter = PeftFolder.Open(temporary.Path).Load(model.Weights);

        AssertGolden("shira-r2", adapter);
    }

    [Theory]
    [InlineData(1000, "points outside of its weight of 64 by 64")]
    [InlineData(-1, "points outside of its weight of 64 by 64")]
    [InlineData(0.5, "must hold whole numbers")]
    public void Indices_that_mean_no_weight_are_refused(double wrong, string part)
    {
        CopyOf("shira-r2", name => name, (name, values) =>
        {
            if (!name.EndsWith("0.self_attn.q_proj.shira_indices", StringComparison.Ordinal))
            {
                return values;
            }

            var changed = values.to(float32);
            changed[0, 3] = wrong;
            return changed;
        });

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(temporary.Path).Load(model.Weights));
        var staged = PeftFolder.Open(temporary.Path).Stage(model.Weights, maxRank: 64);
        using var placing = staged.BeginPlacing(model.Weights);
        var placed = Assert.Throws<TelecomException>(() => placing.Continue(TimeSpan.MaxValue));

        Assert.Equal((ErrorCode.BundleInvalid, ErrorCode.AdapterInvalid), (exception.Code, placed.Code));
        Assert.All([exception.Message, placed.Message], message =>
        {
            Assert.Contains("shira_indices", message, StringComparison.Ordinal);
            Assert.Contains(part, message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Weight_named_twice_is_refused()
    {
        CopyOf("shira-r2", name => name, (name, values) => name.EndsWith("indices", StringComparison.Ordinal) ? zeros_like(values) : values);

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(temporary.Path).Load(model.Weights));

        Assert.Contains("names a weight twice", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Magnitudes_under_the_older_name_are_accepted()
    {
        CopyOf("dora-r4", name => name.EndsWith("magnitude_vector", StringComparison.Ordinal) ? name + ".weight" : name);

        using var adapter = PeftFolder.Open(temporary.Path).Load(model.Weights);

        AssertGolden("dora-r4", adapter);
    }

    [Fact]
    public void Missing_and_unexpected_tensors_are_all_listed()
    {
        CopyOf("lora-qv-r4", name => name.Replace("layers.0.self_attn.q_proj.lora_A", "layers.7.self_attn.q_proj.lora_A", StringComparison.Ordinal)
            .Replace("layers.1.self_attn.v_proj.lora_B", "layers.1.mlp.v_proj.lora_B", StringComparison.Ordinal));

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(temporary.Path).Load(model.Weights));

        Assert.Contains("layers.0.self_attn.q_proj.lora_A.weight' is missing", exception.Message, StringComparison.Ordinal);
        Assert.Contains("layers.1.self_attn.v_proj.lora_B.weight' is missing", exception.Message, StringComparison.Ordinal);
        Assert.Contains("layers.7.self_attn.q_proj.lora_A.weight' is not expected", exception.Message, StringComparison.Ordinal);
        Assert.Contains("layers.1.mlp.v_proj.lora_B.weight' is not expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pickled_weights_are_refused()
    {
        File.Copy(Path.Combine(folder, "peft", "lora-qv-r4", "adapter_config.json"), temporary.File("adapter_config.json"));
        temporary.Write("adapter_model.bin", [1, 2, 3]);

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(temporary.Path).Load(model.Weights));

        Assert.Contains("pickle", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adapter_of_another_base_is_refused_with_both_fingerprints_unless_that_is_allowed()
    {
        using var adapter = Load("lora-qv-r4");
        var other = new string('0', 64);
        PeftWriter.Write(temporary.Path, adapter, "other", other);

        var exception = Assert.ThrowsAny<TelecomException>(() => PeftFolder.Open(temporary.Path).Load(model.Weights));
        using var allowed = PeftFolder.Open(temporary.Path).Load(model.Weights, allowBaseMismatch: true);

        Assert.Equal(ErrorCode.BaseIncompatible, exception.Code);
        Assert.Contains(other, exception.Message, StringComparison.Ordinal);
        Assert.Contains(model.Fingerprint, exception.Message, StringComparison.Ordinal);
        AssertGolden("lora-qv-r4", allowed);
    }

    private Adapter Load(string name) => PeftFolder.Open(Path.Combine(folder, "peft", name)).Load(model.Weights);

    private static Tensor Reversed(string name, Tensor values) =>
        name.EndsWith("indices", StringComparison.Ordinal) ? values.flip(1).to(float32) : values.flip(0);

    private void CopyOf(string name, Func<string, string> rename, Func<string, Tensor, Tensor>? change = null)
    {
        File.Copy(Path.Combine(folder, "peft", name, "adapter_config.json"), temporary.File("adapter_config.json"));
        using var file = SafetensorsFile.Open(Path.Combine(folder, "peft", name, "adapter_model.safetensors"));
        SafetensorsWriter.Write(
            temporary.File("adapter_model.safetensors"),
            file.Entries.Select(entry => KeyValuePair.Create(
                rename(entry.Name), change?.Invoke(entry.Name, file.Load(entry.Name)) ?? file.Load(entry.Name))));
    }

    private void AssertGolden(string name, Adapter adapter)
    {
        var expected = Expected();
        var ids = Ids(expected.GetProperty("_prompt").GetProperty("input_ids"));

        var logits = Logits(model.Forward([new ForwardSegment(new Embeddings(Embed(ids)), adapter)])[0]);

        AssertClose(expected.GetProperty(name).GetProperty("row0_last"), logits[0, -1]);
        AssertClose(expected.GetProperty(name).GetProperty("row1_last"), logits[1, -1]);
    }

    private static void AssertClose(JsonElement expected, Tensor logits) =>
        Assert.InRange(Arrays.MaxDifference([.. expected.EnumerateArray().Select(number => number.GetSingle())], Arrays.Of(logits)), 0, Tolerance);

    private static Tensor Ids(JsonElement rows)
    {
        var ids = rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(id => id.GetInt64()).ToArray();
        return tensor(ids, [rows.GetArrayLength(), rows[0].GetArrayLength()]);
    }

    private JsonElement Expected() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "peft", "expected.json"))).RootElement;

    private Tensor Embed(Tensor ids) =>
        model.Weights.Tensors["model.embed_tokens.weight"].index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1);

    private Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, model.Weights.Tensors["lm_head.weight"]);
}
