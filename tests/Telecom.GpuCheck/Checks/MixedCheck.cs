using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.GpuCheck.Checks;

/// <summary>Throughput of one batch whose rows use many adapters, against the same rows on the base alone.</summary>
internal sealed class MixedCheck : ICheck
{
    private const int Rows = 64;
    private const int Tokens = 64;
    private const double SmallestRatio = 0.90;

    public string Name => "mixed";

    public Task RunAsync(CheckContext context) => context.OnDeviceAsync(() =>
    {
        var weights = BaseInitializer.Seeded(BaseConfiguration.Nano, 1, "nano");
        weights.MoveTo(context.Device);
        using var model = new BaseModel(weights);
        var values = randn([Rows, Tokens, model.Configuration.HiddenSize], generator: new Generator(4)).to(context.Device);
        void Alone() => model.Forward([new ForwardSegment(new Embeddings(values), null)]);
        context.Measured("base alone", context.MedianMilliseconds(Alone), "ms");
        foreach (var count in new[] { 1, 16, 64 })
        {
            var adapters = Enumerable.Range(0, count).Select(seed => Adapter(model, context.Device, (ulong)seed)).ToArray();
            var rows = Rows / count;
            var segments = adapters.Select((adapter, i) => new ForwardSegment(new Embeddings(values.narrow(0, i * rows, rows)), adapter)).ToArray();
            var throughput = context.MedianRatio(Alone, () => model.Forward(segments));
            context.AtLeastOnGpu($"{count} adapters of rank 16 at all linear layers", throughput, SmallestRatio, "of base throughput");
            Array.ForEach(adapters, adapter => adapter.Dispose());
        }
    });

    /// <summary>An adapter that changes something: its B is not zero.</summary>
    internal static LoraAdapter Adapter(BaseModel model, Device device, ulong seed)
    {
        string[] targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
        var adapter = new LoraAdapter(new AdapterOptions { Rank = 16, Alpha = 16, Dropout = 0, Targets = targets }, model.Configuration, device, seed);
        foreach (var (name, parameter) in adapter.Parameters)
        {
            if (name.EndsWith("lora_B.weight", StringComparison.Ordinal))
            {
                parameter.fill_(0.01);
            }
        }

        adapter.Refresh();
        return adapter;
    }
}
