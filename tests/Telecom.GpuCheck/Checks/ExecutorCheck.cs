using System.Diagnostics;
using Telecom.Runtime.Serving;

namespace Telecom.GpuCheck.Checks;

/// <summary>A thousand predictions of several methods through the real runtime, from eight callers.</summary>
internal sealed class ExecutorCheck : ICheck
{
    private const int Warmup = 300;
    private const int Count = 1000;
    private const double GrowthLimitMebibytes = 16;
    private static readonly string[] Methods = ["adapted", "network", "linear-regression", "adapted"];

    public string Name => "executor";

    public async Task RunAsync(CheckContext context)
    {
        var state = Directory.CreateTempSubdirectory("telecom-gpucheck-");
        try
        {
            await using var runtime = await ViewportCalls.StartAsync(context, state.FullName);
            await ViewportCalls.SendAsync(runtime, Warmup, Options);
            var (before, live) = (await UsedAsync(context), await runtime.CountLiveTensorsAsync(CancellationToken.None));
            var began = Stopwatch.GetTimestamp();
            var (failed, first) = await ViewportCalls.SendAsync(runtime, Count, Options);
            context.Holds($"{Count} mixed predictions without a failure", failed == 0, first);
            context.Measured("predictions", Count / Stopwatch.GetElapsedTime(began).TotalSeconds, "per second");
            context.AtMost("tensors left behind", await runtime.CountLiveTensorsAsync(CancellationToken.None) - live, 0);
            context.AtMost(
                context.Options.IsCuda ? "growth of device memory after warm-up" : "growth of the process after warm-up",
                (await UsedAsync(context) - before) / (1024.0 * 1024),
                GrowthLimitMebibytes,
                "MiB");
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static PredictionOptions Options(int index) => new() { Method = Methods[index % Methods.Length] };

    private static async Task<double> UsedAsync(CheckContext context)
    {
        if (context.Options.IsCuda)
        {
            return await context.Executor.RunAsync(() => CudaDriver.UsedBytes() ?? double.NaN, CancellationToken.None);
        }

        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
