using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Forward;

/// <summary>Logits of a small Llama that were computed in float64 elsewhere (adapters.md 6, G1, G2, G3, G11).</summary>
public sealed class GoldenModelTests : IDisposable
{
    // Given with the data.
    private const double Tolerance = 1e-4;

    private readonly string folder = SharedData.Folder("adapters");
    private readonly BaseModel model;
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public GoldenModelTests() => model = new BaseModel(BaseWeights.Load(Path.Combine(folder, "tiny-llama")));

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
    }

    [Fact]
    public void Logits_of_all_positions_are_those_of_the_reference()
    {
        var expected = Read("tiny-llama").GetProperty("base_full");

        var logits = Logits(Hidden(Ids(expected.GetProperty("input_ids"))));

        Assert.InRange(Arrays.MaxDifference(Numbers(expected.GetProperty("logits")), Arrays.Of(logits)), 0, Tolerance);
    }

    [Fact]
    public void Shards_in_half_precision_give_the_same_logits()
    {
        using var sharded = new BaseModel(BaseWeights.Load(Path.Combine(folder, "tiny-llama-sharded")));
        var ids = Ids(Read("tiny-llama").GetProperty("base_full").GetProperty("input_ids"));

        var logits = sharded.Logits(sharded.Forward([new ForwardSegment(new Embeddings(sharded.Embed(ids)), null)])[0]);

        Assert.Equal(Arrays.BytesOf(Logits(Hidden(ids))), Arrays.BytesOf(logits));
    }

    [Fact]
    public void Logits_with_scaled_rotary_positions_are_those_of_the_reference()
    {
        var expected = Read("tiny-llama").GetProperty("llama3_rope");
        using var copy = new TemporaryFolder();
        File.Copy(Path.Combine(folder, "tiny-llama", expected.GetProperty("config").GetString()!), copy.File("config.json"));
        File.Copy(Path.Combine(folder, "tiny-llama", "model.safetensors"), copy.File("model.safetensors"));
        using var scaled = new BaseModel(BaseWeights.Load(copy.Path));

        var ids = Ids(expected.GetProperty("input_ids"));
        var logits = scaled.Logits(scaled.Forward([new ForwardSegment(new Embeddings(scaled.Embed(ids)), null)])[0]);

        Assert.InRange(Arrays.MaxDifference(Numbers(expected.GetProperty("logits_pos20")), Arrays.Of(logits[0, 20])), 0, Tolerance);
        Assert.InRange(Arrays.MaxDifference(Numbers(expected.GetProperty("logits_pos39")), Arrays.Of(logits[0, 39])), 0, Tolerance);
        Assert.Equal(scaled.Fingerprint, model.Fingerprint);
    }

    [Fact]
    public void Sequence_beyond_the_configured_length_is_refused()
    {
        // max_position_embeddings of the model is 256.
        Hidden(ones([1, 256], int64));

        var exception = Assert.Throws<TelecomException>(() => Hidden(ones([1, 257], int64)));

        Assert.Equal(ErrorCode.SequenceTooLong, exception.Code);
        Assert.Contains("needs 257 positions; base tiny-llama has 256", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_behind_left_padding_are_those_of_the_reference()
    {
        var expected = Read("tiny-llama").GetProperty("base_leftpad");
        var mask = Ids(expected.GetProperty("attention_mask")).to(@bool);

        var logits = Logits(Hidden(Ids(expected.GetProperty("input_ids")), mask));

        var row = logits[1].narrow(0, 5, 7);
        Assert.InRange(Arrays.MaxDifference(Numbers(expected.GetProperty("row1_positions_5_to_11_logits")), Arrays.Of(row)), 0, Tolerance);
    }

    [Fact]
    public void Hidden_states_of_embeddings_are_those_of_the_reference()
    {
        var expected = Read("tiny-llama").GetProperty("inputs_embeds");
        var values = expected.GetProperty("inputs_embeds");
        var tokens = tensor(Numbers(values), [values.GetArrayLength(), values[0].GetArrayLength(), model.Configuration.HiddenSize]);

        var hidden = model.Forward([new ForwardSegment(new Embeddings(tokens), null)])[0];

        Assert.InRange(Arrays.MaxDifference(Numbers(expected.GetProperty("final_hidden")), Arrays.Of(hidden)), 0, Tolerance);
    }

    [Fact]
    public void Greedy_decoding_with_a_cache_gives_the_tokens_of_the_reference()
    {
        var expected = Read("tiny-llama").GetProperty("greedy");
        var prompt = expected.GetProperty("prompt").EnumerateArray().Select(id => id.GetInt64()).ToArray();
        var wanted = expected.GetProperty("new_tokens").EnumerateArray().Select(id => id.GetInt64()).ToArray();
        using var cache = new KeyValueCache(model.Configuration, 1, prompt.Length + wanted.Length, CPU);

        var generated = new List<long>();
        var next = tensor(prompt, [1, prompt.Length]);
        while (generated.Count < wanted.Length)
        {
            var hidden = model.Forward([new ForwardSegment(new Embeddings(Embed(next)), null, cache)])[0];
            generated.Add(Logits(hidden)[0, hidden.shape[1] - 1].argmax().item<long>());
            next = tensor(new[] { generated[^1] }, [1, 1]);
        }

        Assert.Equal(wanted, generated);
    }

    [Fact]
    public void Logits_with_an_adapter_from_peft_are_those_of_the_reference()
    {
        using var adapter = Adapter("lora-qv-r4");
        var expected = Read("peft");

        var logits = Logits(Hidden(Ids(expected.GetProperty("_prompt").GetProperty("input_ids")), adapter: adapter));

        var last = expected.GetProperty("lora-qv-r4");
        Assert.InRange(Arrays.MaxDifference(Numbers(last.GetProperty("row0_last")), Arrays.Of(logits[0, 11])), 0, Tolerance);
        Assert.InRange(Arrays.MaxDifference(Numbers(last.GetProperty("row1_last")), Arrays.Of(logits[1, 11])), 0, Tolerance);
    }

    [Theory]
    [InlineData("mixed_batch")]
    [InlineData("mixed_padded")]
    public void Rows_with_and_without_adapter_in_one_forward_give_the_logits_of_the_reference(string name)
    {
        using var adapter = Adapter("lora-qv-r4");
        var expected = Read("peft").GetProperty(name);
        var ids = Ids(expected.GetProperty("input_ids"));
        var mask = expected.TryGetProperty("attention_mask", out var given) ? Ids(given).to(@bool) : null;

        // The file has rows of other adapter kinds too; those are not plain LoRA.
        var rows = expected.GetProperty("adapters").EnumerateArray().Select((element, row) => (Name: element.GetString(), Row: row))
            .Where(entry => entry.Name is null or "lora-qv-r4").ToArray();
        Assert.Contains(rows, entry => entry.Name is null);
        Assert.Contains(rows, entry => entry.Name is not null);
        var hidden = model.Forward([.. rows.Select(entry => new ForwardSegment(
            new Embeddings(Embed(ids.narrow(0, entry.Row, 1)), mask?.narrow(0, entry.Row, 1)), entry.Name is null ? null : adapter))]);

        foreach (var (entry, states) in rows.Zip(hidden))
        {
            var last = Logits(states)[0, states.shape[1] - 1];
            Assert.InRange(Arrays.MaxDifference(Numbers(expected.GetProperty("last_logits")[entry.Row]), Arrays.Of(last)), 0, Tolerance);
        }
    }

    private Adapter Adapter(string name) => PeftFolder.Open(Path.Combine(folder, "peft", name)).Load(model.Weights);

    private static Tensor Ids(JsonElement rows)
    {
        var ids = rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(id => id.GetInt64()).ToArray();
        return tensor(ids, [rows.GetArrayLength(), rows[0].GetArrayLength()]);
    }

    private static float[] Numbers(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Numbers)] : [(float)element.GetDouble()];

    private JsonElement Read(string part) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, part, "expected.json"))).RootElement;

    private Tensor Embed(Tensor ids) => model.Embed(ids);

    private Tensor Hidden(Tensor ids, Tensor? mask = null, Adapter? adapter = null) =>
        model.Forward([new ForwardSegment(new Embeddings(Embed(ids), mask), adapter)])[0];

    private Tensor Logits(Tensor hidden) => model.Logits(hidden);
}
