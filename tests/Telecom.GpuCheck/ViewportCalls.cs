using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Runtime;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;

namespace Telecom.GpuCheck;

/// <summary>The whole runtime over the staged plugin, and requests to it.</summary>
internal static class ViewportCalls
{
    private const int Callers = 8;
    private const int Samples = 10;

    public static Task<TelecomRuntime> StartAsync(CheckContext context, string state, AdapterLimits? limits = null) => TelecomRuntime.StartAsync(
        new RuntimeOptions
        {
            PluginDirectories = [Path.Combine(AppContext.BaseDirectory, "plugins")],
            StateDirectory = state,
            Device = context.Options.Device,
            Threads = context.Options.Threads,
            Native = context.Native,
            Adapters = limits ?? new(),
        },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        CancellationToken.None);

    /// <summary>Sends requests from eight callers at once.</summary>
    /// <returns>How many failed, and the first failure.</returns>
    public static async Task<(int Failed, string? First)> SendAsync(TelecomRuntime runtime, int count, Func<int, PredictionOptions> options)
    {
        var failures = new List<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (index, cancellationToken) =>
            {
                try
                {
                    await runtime.Predictions.PredictAsync("viewport", options(index), Request(index), cancellationToken);
                }
                catch (TelecomException exception)
                {
                    lock (failures)
                    {
                        failures.Add(exception.Message);
                    }
                }
            });
        return (failures.Count, failures.FirstOrDefault());
    }

    /// <summary>A head that turns at its own pace.</summary>
    private static byte[] Request(int index)
    {
        var samples = Enumerable.Range(0, Samples).Select(i => string.Create(
            CultureInfo.InvariantCulture, $$"""{"t":{{i / 5.0}},"roll":0,"pitch":{{i % 3}},"yaw":{{((index * 7 + (i * (index % 5))) % 360) - 180}}}"""));
        return Encoding.UTF8.GetBytes($$"""{"samples":[{{string.Join(',', samples)}}],"steps":{{1 + (index % 8)}}}""");
    }
}
