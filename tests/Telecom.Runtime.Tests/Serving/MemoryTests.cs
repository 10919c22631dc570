using System.Diagnostics;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Tests.Tasks.Toys;

namespace Telecom.Runtime.Tests.Serving;

/// <summary>Measures the whole process, so nothing may run beside it.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryTests
{
    private const string Name = "memory";
    private const int WarmUp = 500;
    private const int Predictions = 10_000;
    private const int AtOnce = 20;
    private const long Allowed = 16L << 20;

    [Fact]
    public async Task Ten_thousand_predictions_leave_tensors_and_memory_as_they_were()
    {
        await using var host = await ToyHost.StartAsync();
        host.Log.IsOff = true;
        var first = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted", "steps", "network");
        var second = await host.TrainedServerAsync(ToyTasks.Second(host.Log), "adapted");
        (TaskServer Server, string Method)[] ways = [(first, "adapted"), (second, "adapted"), (first, "network"), (first, "sum"), (first, "steps")];
        await PredictAsync(ways, WarmUp);
        var (tensors, memory) = (await host.Executor.CountLiveTensorsAsync(ToyHost.Token), ResidentBytes());

        await PredictAsync(ways, Predictions);

        Assert.Equal(tensors, await host.Executor.CountLiveTensorsAsync(ToyHost.Token));
        var growth = ResidentBytes() - memory;
        TestContext.Current.TestOutputHelper?.WriteLine($"Resident memory grew by {growth / 1024} KiB.");
        Assert.True(growth <= Allowed, $"Resident memory grew by {growth / 1024} KiB.");
    }

    private static async Task PredictAsync((TaskServer Server, string Method)[] ways, int count)
    {
        for (var done = 0; done < count; done += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(done, AtOnce).Select(i => ToyHost.PredictAsync(
                ways[i % ways.Length].Server, ways[i % ways.Length].Method, ToyRequest.Of(i % 7, (i % 3) + 1))));
        }
    }

    private static long ResidentBytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
