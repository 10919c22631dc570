using Telecom.Modeling.Execution;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Knows whether code of one plugin version runs right now, and since when. The journal of the host keeps it on disk, so that the next start knows
/// whose code ran when the process died. Safe to call from any thread.
/// </summary>
internal sealed class PluginPulse(TimeProvider time, JournalSlot? slot) : IDisposable
{
    private readonly Lock gate = new();
    private int running;
    private long steps;
    private long currentStep;
    private long stepSince;

    /// <summary>How long the batch that runs has been running; zero while none does.</summary>
    public TimeSpan Busy
    {
        get
        {
            lock (gate)
            {
                return currentStep == 0 ? TimeSpan.Zero : time.GetElapsedTime(stepSince);
            }
        }
    }

    /// <summary>Code of the plugin begins, on any thread; dispose the result when it has returned.</summary>
    /// <param name="owner">The plugin; null for code that nobody watches.</param>
    public static Beat Enter(PluginPulse? owner)
    {
        owner?.Begin();
        return new(owner);
    }

    /// <summary>Runs a step of a batch, on the executor thread.</summary>
    /// <param name="owner">The plugin; null for code that nobody watches.</param>
    /// <param name="step">Code of the plugin.</param>
    /// <exception cref="ThreadReplacedException">The step was given up before it returned.</exception>
    public static T RunBatch<T>(PluginPulse? owner, Func<T> step)
    {
        if (owner is null)
        {
            return step();
        }

        var number = owner.BeginStep();
        try
        {
            return step();
        }
        finally
        {
            owner.EndStep(number);
        }
    }

    /// <summary>Gives up the step that runs, if it has been running too long. From then on its thread is lost, however it ends.</summary>
    /// <returns>Whether it was given up; then nothing of it will be heard any more.</returns>
    public bool TryGiveUp(TimeSpan longest)
    {
        lock (gate)
        {
            if (currentStep == 0 || time.GetElapsedTime(stepSince) < longest)
            {
                return false;
            }

            currentStep = 0;
            return true;
        }
    }

    /// <summary>Ends the entry in the journal.</summary>
    public void Dispose() => slot?.Dispose();

    private long BeginStep()
    {
        Begin();
        lock (gate)
        {
            stepSince = time.GetTimestamp();
            return currentStep = ++steps;
        }
    }

    private void EndStep(long number)
    {
        End();
        lock (gate)
        {
            if (currentStep != number)
            {
                throw new ThreadReplacedException();
            }

            currentStep = 0;
        }
    }

    private void Begin()
    {
        lock (gate)
        {
            if (running++ == 0)
            {
                slot?.Open();
            }
        }
    }

    private void End()
    {
        lock (gate)
        {
            if (--running == 0)
            {
                slot?.Close();
            }
        }
    }

    /// <summary>One call of the plugin's code.</summary>
    internal readonly struct Beat(PluginPulse? owner) : IDisposable
    {
        public void Dispose() => owner?.End();
    }
}
