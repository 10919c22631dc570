using static TorchSharp.torch;

namespace Telecom.GpuCheck.Checks;

/// <summary>The device answers, and one product per element type agrees with float64 on the CPU.</summary>
internal sealed class DeviceCheck : ICheck
{
    private static readonly (ScalarType Type, double Limit)[] Types =
        [(ScalarType.Float32, 1e-6), (ScalarType.BFloat16, 1e-2), (ScalarType.Float16, 1e-3)];

    public string Name => "device";

    public Task RunAsync(CheckContext context) => context.OnDeviceAsync(() =>
    {
        if (context.Options.IsCuda)
        {
            // Float32 means float32: TF32 would keep ten bits.
            backends.cuda.matmul.allow_tf32 = false;
            context.Holds("the driver names the device", CudaDriver.Describe(context.Device.index) is not null);
        }

        foreach (var (type, limit) in Types)
        {
            // Operands are rounded to the type first, so that only the operation is measured.
            var (a, b) = (randn([96, 64], generator: new Generator(1)).to(type), randn([64, 80], generator: new Generator(2)).to(type));
            var exact = a.to(float64).mm(b.to(float64));
            var found = a.to(context.Device).mm(b.to(context.Device)).cpu().to(float64);
            var difference = found.sub(exact).abs().max().item<double>() / exact.abs().max().item<double>();
            context.AtMost($"product in {type} against float64 on the CPU", difference, limit, "relative");
        }
    });
}
