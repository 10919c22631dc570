using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Bases;

/// <summary>Finds out whether products in bfloat16 pay on a device: CPUs without instructions for it emulate them, slower than float32.</summary>
public static class PrecisionProbe
{
    /// <summary>How many times faster than float32 they must be: below that, rounding buys nothing.</summary>
    public const double WorthwhileSpeedup = 1.5;

    /// <summary>Time that the measurement takes at most, beyond the product under way.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(100);

    private const int Rows = 128;
    private const int Width = 512;
    private const int Repetitions = 8;

    /// <summary>Measures products of [128, 512] by [512, 512] in both types. Executor thread only.</summary>
    /// <returns>Time in float32 over time in bfloat16, the best of some repetitions each.</returns>
    public static double BFloat16Speedup(Device device, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(time);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (x, w) = (ones([Rows, Width], float32, device), ones([Width, Width], float32, device));
        var (xHalf, wHalf) = (x.to(bfloat16), w.to(bfloat16));
        var start = time.GetTimestamp();
        var (single, half) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < Repetitions && (i == 0 || time.GetElapsedTime(start) < Budget); i++)
        {
            single = Least(single, Measure(x, w, time));
            half = Least(half, Measure(xHalf, wHalf, time));
        }

        return single / half;
    }

    /// <returns>The element type that a precision stands for on a device.</returns>
    internal static ScalarType Resolve(BasePrecision precision, Device device, TimeProvider time) => precision switch
    {
        BasePrecision.BFloat16 => ScalarType.BFloat16,
        BasePrecision.Auto when BFloat16Speedup(device, time) >= WorthwhileSpeedup => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Measure(Tensor x, Tensor w, TimeProvider time)
    {
        var start = time.GetTimestamp();
        nn.functional.linear(x, w).Dispose();
        if (x.device_type == DeviceType.CUDA)
        {
            cuda.synchronize(x.device);
        }

        return time.GetElapsedTime(start);
    }
}
