namespace Telecom.Runtime.Plugins;

/// <summary>
/// Knows whether code of one plugin version runs right now, and since when. The journal of the host keeps it on disk, so that the next start knows
/// whose code ran when the process died. Safe to call from any thread.
/// </summary>
internal sealed class PluginPulse(TimeProvider time, JournalSlot? slot) : IDisposable
{
    private readonly Lock gate = new();
    private int running;
    private bool isInBatch;
    private long batchSince;

    /// <summary>How long the batch that runs has been running; zero while none does.</summary>
    public TimeSpan Busy
    {
        get
        {
            lock (gate)
            {
                return isInBatch ? time.GetElapsedTime(batchSince) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Code of the plugin begins, on any thread; dispose the result when it has returned.</summary>
    /// <param name="owner">The plugin; null for code that nobody watches.</param>
    public static Beat Enter(PluginPulse? owner)
    {
        owner?.Begin(isBatch: false);
        return new(owner, isBatch: false);
    }

    /// <summary>A step of a batch begins, on the executor thread; dispose the result when it has returned.</summary>
    /// <inheritdoc cref="Enter"/>
    public static Beat EnterBatch(PluginPulse? owner)
    {
        owner?.Begin(isBatch: true);
        return new(owner, isBatch: true);
    }

    /// <summary>Ends the entry in the journal.</summary>
    public void Dispose() => slot?.Dispose();

    private void Begin(bool isBatch)
    {
        lock (gate)
        {
            if (isBatch)
            {
                isInBatch = true;
                batchSince = time.GetTimestamp();
            }

            if (running++ == 0)
            {
                slot?.Open();
            }
        }
    }

    private void End(bool isBatch)
    {
        lock (gate)
        {
            isInBatch &= !isBatch;
            if (--running == 0)
            {
                slot?.Close();
            }
        }
    }

    /// <summary>One call of the plugin's code.</summary>
    internal readonly struct Beat(PluginPulse? owner, bool isBatch) : IDisposable
    {
        public void Dispose() => owner?.End(isBatch);
    }
}
