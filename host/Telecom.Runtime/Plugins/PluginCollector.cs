namespace Telecom.Runtime.Plugins;

/// <summary>Collects garbage until a load context is gone.</summary>
internal static class PluginCollector
{
    // The context is finalizable, so one collection never suffices; more than a few rounds mean that somebody holds it.
    private const int Rounds = 10;

    // Doubled in every round, to two and a half seconds in all: on a busy machine a call that is about to return may wait long for its turn.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

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
                await Task.Delay(FirstPause * (1 << (round - 1))).ConfigureAwait(false);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
