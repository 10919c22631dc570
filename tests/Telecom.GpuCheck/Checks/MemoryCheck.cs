using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.GpuCheck.Checks;

/// <summary>A batch larger than memory fails on its own and says so; the next one succeeds.</summary>
internal sealed class MemoryCheck : ICheck
{
    // 2^44 tokens of 1 KiB: more than any machine has, in a view that takes no memory itself.
    private const long Rows = 1L << 38;
    private const long Tokens = 64;

    public string Name => "memory";

    public async Task RunAsync(CheckContext context)
    {
        BaseModel? model = null;
        await context.OnDeviceAsync(() =>
        {
            var weights = BaseInitializer.Seeded(BaseConfiguration.Nano, 1, "nano");
            weights.MoveTo(context.Device);
            model = new BaseModel(weights);
        });
        var message = "nothing";
        try
        {
            await context.OnDeviceAsync(() => Forward(context, model!, Rows));
        }
#pragma warning disable CA1031 // Which type says so is part of what is reported.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            message = $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}";
        }

        context.Holds(
            "a batch larger than memory fails with words about memory", message.Contains("memory", StringComparison.OrdinalIgnoreCase), message);
        await context.OnDeviceAsync(() =>
        {
            Forward(context, model!, 2);
            context.Synchronize();
            context.Holds("the next batch succeeds", true);
        });
        await context.OnDeviceAsync(() => model!.Dispose());
    }

    private static void Forward(CheckContext context, BaseModel model, long rows)
    {
        var width = model.Configuration.HiddenSize;
        var values = zeros([1, 1, width], float32, context.Device).expand(rows, Tokens, width);
        model.Forward([new ForwardSegment(new Embeddings(values), null)]);
    }
}
