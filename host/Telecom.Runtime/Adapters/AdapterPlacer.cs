using System.Diagnostics;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;

namespace Telecom.Runtime.Adapters;

/// <summary>Turns adapters into tensors in slices between the rounds of serving.</summary>
internal static class AdapterPlacer
{
    // One slice is the most that a load delays a round. An executor that is busy gets the next one after a pause, so that loads take a twentieth
    // of its time; an idle one gets it at once.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(0.25);

    /// <returns>The adapter, which is the caller's.</returns>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">With everything that is wrong with the adapter.</exception>
    public static async Task<Adapter> PlaceAsync(DeviceExecutor executor, StagedAdapter staged, BaseWeights weights)
    {
        var placing = staged.BeginPlacing(weights);
        try
        {
            while (true)
            {
                var posted = Stopwatch.GetTimestamp();
                var (adapter, waited) = await executor.RunAsync(
                    () =>
                    {
                        var before = Stopwatch.GetElapsedTime(posted);
                        return (placing.Continue(Slice), before);
                    },
                    CancellationToken.None).ConfigureAwait(false);
                if (adapter is not null)
                {
                    return adapter;
                }

                if (waited > BusyWait)
                {
                    await Task.Delay(Pause).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            await executor.RunAsync(placing.Dispose, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}
