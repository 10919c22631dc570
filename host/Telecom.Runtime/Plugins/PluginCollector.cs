namespace Telecom.Runtime.Plugins;

/// <summary>Collects garbage until a load context is gone.</summary>
internal static class PluginCollector
{
    // The context is finalizable, so one collection never suffices; more than a few rounds mean that somebody holds it.
    private const int Rounds = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>For callers that wait: at most 10 rounds.</summary>
    public static void Collect(Func<bool> isAlive)
    {
        for (var round = 0; round < Rounds && isAlive(); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>As <see cref="Collect"/>, with pauses in which calls that are about to return can do so.</summary>
    public static async Task CollectAsync(Func<bool> isAlive)
    {
        for (var round = 0; round < Rounds && isAlive(); round++)
        {
            if (round > 0)
            {
                await Task.Delay(Pause).ConfigureAwait(false);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
