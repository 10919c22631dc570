using System.Diagnostics;

namespace Telecom.Runtime.Serving;

/// <summary>When a queued request was admitted, started and ended.</summary>
/// <param name="model">What it is counted for.</param>
/// <param name="time">Clock.</param>
/// <param name="trace">The trace it belongs to.</param>
internal sealed class RequestClock(ModelStatistics model, TimeProvider time, ActivityContext trace)
{
    private long admitted;
    private long started;
    private long ended;
    private int isWaiting;

    public ModelStatistics Model => model;

    public ActivityContext Trace => trace;

    public TimeSpan Queue => started == 0 ? TimeSpan.Zero : time.GetElapsedTime(admitted, started);

    public TimeSpan Infer => ended == 0 ? TimeSpan.Zero : time.GetElapsedTime(started, ended);

    public void Admit()
    {
        admitted = time.GetTimestamp();
        isWaiting = 1;
        model.Enqueue();
    }

    public void Start()
    {
        started = time.GetTimestamp();
        Leave();
    }

    public void End() => ended = time.GetTimestamp();

    /// <summary>It waits no more, for whatever reason.</summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref isWaiting, 0) == 1)
        {
            model.Dequeue();
        }
    }
}
