using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Forward;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Serving;

namespace Telecom.GpuCheck.Checks;

/// <summary>Adapters are loaded and evicted under a device budget while eight callers use them in turn.</summary>
internal sealed class BudgetCheck : ICheck
{
    private const int Adapters = 6;
    private const int Requests = 240;

    public string Name => "budget";

    public async Task RunAsync(CheckContext context)
    {
        var state = Directory.CreateTempSubdirectory("telecom-gpucheck-");
        try
        {
            await context.OnDeviceAsync(() => Store(state.FullName));
            var (own, others) = await SizesAsync(context, state.FullName);
            var limits = new AdapterLimits { MaxDeviceBytes = others + (2 * own) + (own / 2) };
            await using var runtime = await ViewportCalls.StartAsync(context, state.FullName, limits);
            var (failed, first) = await ViewportCalls.SendAsync(runtime, Requests, Options);
            var records = runtime.Adapters.All;
            context.Holds($"{Requests} requests to {Adapters} adapters, of which two fit", failed == 0, first);
            context.AtMost("adapters on the device", records.Sum(record => record.DeviceBytes), limits.MaxDeviceBytes, "bytes");
            context.Holds("some adapters were evicted", records.Any(record => record.Owner is null && record.DeviceBytes == 0));
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static PredictionOptions Options(int index) => new() { Method = "adapted", Adapter = $"a{index % Adapters}" };

    /// <returns>Device bytes of one of the stored adapters, and of everything that the plugin brings along.</returns>
    private static async Task<(long Own, long Others)> SizesAsync(CheckContext context, string state)
    {
        await using var runtime = await ViewportCalls.StartAsync(context, state);
        await ViewportCalls.SendAsync(runtime, 2, _ => new() { Method = "adapted" });
        await ViewportCalls.SendAsync(runtime, 1, Options);
        var records = runtime.Adapters.All;
        return (
            records.Where(record => record.Owner is null).Sum(record => record.DeviceBytes),
            records.Where(record => record.Owner is not null).Sum(record => record.DeviceBytes));
    }

    private static void Store(string state)
    {
        using var model = new BaseModel(BaseInitializer.Nano());
        var store = new AdapterStore(state);
        for (var i = 0; i < Adapters; i++)
        {
            var folder = Directory.CreateTempSubdirectory("telecom-gpucheck-");
            using var adapter = MixedCheck.Adapter(model, model.Device, (ulong)i);
            PeftWriter.Write(folder.FullName, adapter, model.Name, model.Fingerprint);
            store.Add($"a{i}", folder.FullName);
            folder.Delete(recursive: true);
        }
    }
}
