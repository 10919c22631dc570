using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.GpuCheck.Checks;

/// <summary>Time of a base forward, beside the same shapes in PyTorch where the machine has it.</summary>
internal sealed class ForwardCheck : ICheck
{
    private const double LargestRatio = 1.10;
    private static readonly (int Rows, int Tokens)[] Shapes = [(1, 64), (16, 64), (64, 160)];

    private static readonly BaseConfiguration Large = new()
    {
        HiddenSize = 2048,
        LayerCount = 16,
        HeadCount = 32,
        KeyValueHeadCount = 8,
        HeadSize = 64,
        FeedForwardSize = 8192,
        NormEpsilon = 1e-5,
        RopeTheta = 5e5,
    };

    public string Name => "forward";

    public async Task RunAsync(CheckContext context)
    {
        await TimeAsync(context, "nano", BaseConfiguration.Nano);
        if (context.Options.IsCuda)
        {
            await TimeAsync(context, "d2048-L16", Large);
            return;
        }

        context.NotRun("d2048-L16", "takes minutes per forward on a CPU");
    }

    private static Task TimeAsync(CheckContext context, string name, BaseConfiguration configuration) => context.OnDeviceAsync(() =>
    {
        using var weights = BaseInitializer.Seeded(configuration, 1, name);
        weights.MoveTo(context.Device);
        foreach (var precision in new[] { BasePrecision.Float32, BasePrecision.BFloat16 })
        {
            // Rounding is the last thing that happens to these weights.
            weights.Round(precision);
            Time(context, name, weights);
        }
    });

    private static void Time(CheckContext context, string name, BaseWeights weights)
    {
        var configuration = weights.Configuration;
        var model = new BaseModel(weights);
        var type = model.ElementType == ScalarType.BFloat16 ? "bfloat16" : "float32";
        var reference = TorchReference.Time(context, configuration, type, Shapes);
        foreach (var (rows, tokens) in Shapes)
        {
            var values = randn([rows, tokens, configuration.HiddenSize], generator: new Generator(3)).to(context.Device);
            var milliseconds = context.MedianMilliseconds(() => model.Forward([new ForwardSegment(new Embeddings(values), null)]));
            var shape = $"{name} {type} {rows}x{tokens}";
            context.Measured(shape, milliseconds, "ms");
            if (reference.TryGetValue((rows, tokens), out var other))
            {
                context.AtMost($"{shape} against PyTorch ({other:F2} ms)", milliseconds / other, LargestRatio, "ratio");
            }
            else
            {
                context.NotRun($"{shape} against PyTorch", "python3 on this machine has no torch for the device");
            }
        }

        model.DisposeServing();
    }
}
