using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Generation;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.GpuCheck.Checks;

/// <summary>The golden vectors of the adapters page on the device, float32.</summary>
internal sealed class GoldenCheck : ICheck
{
    private const double Tolerance = 1e-4;

    public string Name => "golden";

    public async Task RunAsync(CheckContext context)
    {
        await context.OnDeviceAsync(() => SmallVectors(context));
        var folder = context.Options.Data is { } data ? Path.Combine(data, "adapters") : null;
        if (folder is null || !Directory.Exists(folder))
        {
            context.NotRun("tiny-llama and its adapters", "name the golden data with --data");
            return;
        }

        await context.OnDeviceAsync(() =>
        {
            var weights = BaseWeights.Load(Path.Combine(folder, "tiny-llama"));
            weights.MoveTo(context.Device);
            using var model = new BaseModel(weights);
            var (model0, peft) = (Read(folder, "tiny-llama"), Read(folder, "peft"));
            Base(context, model, model0);
            Adapters(context, model, peft, Path.Combine(folder, "peft"));
        });
    }

    private static void SmallVectors(CheckContext context)
    {
        // G4 of the page: three rows, two adapters and none, on one linear layer.
        Tensor Matrix(params float[][] rows) => tensor([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length], device: context.Device);
        var w = Matrix([1, 0], [0, 1], [1, 1]);
        var x = Matrix([1, 1], [2, 0], [0, 3]);
        using var first = Lora(w, Matrix([1, 2]), Matrix([1], [0], [2]), alpha: 2);
        using var second = Lora(w, Matrix([0, -1]), Matrix([3], [1], [0]), alpha: 0.5);
        var y = nn.functional.linear(x, w);
        y[0].add_(first.Delta(0, "up_proj", x.narrow(0, 0, 1), y.narrow(0, 0, 1))!.squeeze(0));
        y[1].add_(second.Delta(0, "up_proj", x.narrow(0, 1, 1), y.narrow(0, 1, 1))!.squeeze(0));
        Compare(context, "G4, rows of two adapters and none", [7, 1, 14, 2, 0, 2, 0, 3, 3], y);

        // G5: DoRA.
        var site = Site(Matrix([3, 4], [0, 2]));
        using var dora = new Adapter(new DoraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 1, Alpha = 2 })], seed: 0);
        Set(dora, "lora_A.weight", Matrix([1, 0]));
        Set(dora, "lora_B.weight", Matrix([1], [1]));
        Set(dora, "lora_magnitude_vector", tensor(new float[] { 10, 1 }, device: context.Device));
        dora.Refresh();
        Compare(context, "G5, DoRA", [7.808688f, 6.246950f, 0.7071068f, 0.7071068f], site.Weight!.add(dora.Linear(0, "up_proj")!.DeltaWeight()));
    }

    private static void Base(CheckContext context, BaseModel model, JsonElement expected)
    {
        var full = expected.GetProperty("base_full");
        Compare(context, "G1, logits of all positions", Numbers(full.GetProperty("logits")), model.Logits(Hidden(model, Ids(context, full))));
        var padded = expected.GetProperty("base_leftpad");
        var mask = Ids(context, padded, "attention_mask").to(@bool);
        Compare(
            context,
            "left padding",
            Numbers(padded.GetProperty("row1_positions_5_to_11_logits")),
            model.Logits(Hidden(model, Ids(context, padded), mask))[1].narrow(0, 5, 7));

        var greedy = expected.GetProperty("greedy");
        var prompt = tensor(greedy.GetProperty("prompt").EnumerateArray().Select(id => id.GetInt64()).ToArray(), device: context.Device).unsqueeze(0);
        using var session = new TokenSession(model, [new ForwardSegment(new Embeddings(model.Embed(prompt)), null)], 12);
        var tokens = session.Generate(12, CancellationToken.None)[0];
        context.Holds("G2, greedy tokens", tokens.SequenceEqual(greedy.GetProperty("new_tokens").EnumerateArray().Select(id => id.GetInt64())));
    }

    private static void Adapters(CheckContext context, BaseModel model, JsonElement expected, string folder)
    {
        var adapters = new Dictionary<string, Adapter>(StringComparer.Ordinal);
        var prompt = Ids(context, expected.GetProperty("_prompt"));
        foreach (var directory in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(directory);
            var adapter = PeftFolder.Open(directory).Load(model.Weights);
            adapters.Add(name, adapter);
            var last = model.Logits(Hidden(model, prompt, adapter: adapter)).select(1, -1);
            var rows = new[] { "row0_last", "row1_last" }.SelectMany(row => Numbers(expected.GetProperty(name).GetProperty(row)));
            Compare(context, $"G11, {name}", [.. rows], last);
        }

        foreach (var batch in new[] { "mixed_batch", "mixed_padded" })
        {
            var given = expected.GetProperty(batch);
            var ids = Ids(context, given);
            var mask = given.TryGetProperty("attention_mask", out _) ? Ids(context, given, "attention_mask").to(@bool) : null;
            var segments = given.GetProperty("adapters").EnumerateArray().Select((name, row) => new ForwardSegment(
                new Embeddings(model.Embed(ids.narrow(0, row, 1)), mask?.narrow(0, row, 1)), name.GetString() is { } known ? adapters[known] : null)).ToArray();
            var last = cat([.. model.Forward(segments).Select(hidden => model.Logits(hidden).select(1, -1))], 0);
            Compare(context, $"G11, {batch}", Numbers(given.GetProperty("last_logits")), last);
        }

        foreach (var adapter in adapters.Values)
        {
            adapter.Dispose();
        }
    }

    private static LinearSite Site(Tensor weight) => new()
    {
        Layer = 0,
        Target = "up_proj",
        Inputs = (int)weight.shape[1],
        Outputs = (int)weight.shape[0],
        Device = weight.device,
        Weight = weight,
    };

    private static Adapter Lora(Tensor weight, Tensor a, Tensor b, double alpha)
    {
        var adapter = new Adapter(new LoraMethod(), [new AdapterPlacement(Site(weight), new LinearSettings { Rank = 1, Alpha = alpha })], seed: 0);
        Set(adapter, "lora_A.weight", a);
        Set(adapter, "lora_B.weight", b);
        adapter.Refresh();
        return adapter;
    }

    private static void Set(Adapter adapter, string name, Tensor values) =>
        adapter.Parameters.Single(parameter => parameter.Key.EndsWith(name, StringComparison.Ordinal)).Value.copy_(values);

    private static Tensor Hidden(BaseModel model, Tensor ids, Tensor? mask = null, Adapter? adapter = null) =>
        model.Forward([new ForwardSegment(new Embeddings(model.Embed(ids), mask), adapter)])[0];

    private static void Compare(CheckContext context, string @case, float[] expected, Tensor found)
    {
        var values = found.cpu().contiguous().data<float>().ToArray();
        var largest = values.Length == expected.Length ? expected.Zip(values).Max(pair => Math.Abs(pair.First - pair.Second)) : double.NaN;
        context.AtMost(@case, largest, Tolerance, "largest difference");
    }

    private static Tensor Ids(CheckContext context, JsonElement owner, string member = "input_ids")
    {
        var rows = owner.GetProperty(member);
        var ids = rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(id => id.GetInt64()).ToArray();
        return tensor(ids, [rows.GetArrayLength(), rows[0].GetArrayLength()], device: context.Device);
    }

    private static float[] Numbers(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Numbers)] : [element.GetSingle()];

    private static JsonElement Read(string folder, string part) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, part, "expected.json"))).RootElement;
}
