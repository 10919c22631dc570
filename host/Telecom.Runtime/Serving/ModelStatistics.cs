using System.Collections.Concurrent;

namespace Telecom.Runtime.Serving;

/// <summary>What one model did since the start, counted as Triton counts it.</summary>
public sealed class ModelStatistics
{
    private readonly ServingMetrics metrics;
    private readonly ConcurrentDictionary<int, DurationStatistic> batches = new();
    private long lastInferenceMs;
    private long inferences;
    private long executions;
    private long pending;

    internal ModelStatistics(string name, ServingMetrics metrics)
    {
        this.metrics = metrics;
        Name = name;
        SetVersion("1");
    }

    /// <summary>Task id.</summary>
    public string Name { get; }

    /// <summary>Version of the model that serves now.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <summary>Unix time of the last answered request in milliseconds; 0 before the first.</summary>
    public long LastInferenceMs => Volatile.Read(ref lastInferenceMs);

    /// <summary>Rows that were answered.</summary>
    public long Inferences => Volatile.Read(ref inferences);

    /// <summary>Batches that were answered.</summary>
    public long Executions => Volatile.Read(ref executions);

    /// <summary>Requests that wait and do not run yet.</summary>
    public long Pending => Volatile.Read(ref pending);

    /// <summary>Requests that were answered, from arrival to answer.</summary>
    public DurationStatistic Success { get; } = new();

    /// <summary>Requests that were not.</summary>
    public DurationStatistic Fail { get; } = new();

    /// <summary>Waiting of answered requests.</summary>
    public DurationStatistic Queue { get; } = new();

    /// <summary>Reading of answered requests.</summary>
    public DurationStatistic ComputeInput { get; } = new();

    /// <summary>Batches of answered requests.</summary>
    public DurationStatistic ComputeInfer { get; } = new();

    /// <summary>Writing of answers.</summary>
    public DurationStatistic ComputeOutput { get; } = new();

    /// <summary>Batches by their rows.</summary>
    public IReadOnlyDictionary<int, DurationStatistic> Batches => batches;

    /// <summary>Labels of all measurements of the model.</summary>
    public KeyValuePair<string, object?>[] Labels { get; private set; } = [];

    /// <summary>Says which version serves now.</summary>
    public void SetVersion(string version)
    {
        Version = version;
        Labels = [new("model", Name), new("version", version)];
    }

    internal void Enqueue() => Interlocked.Increment(ref pending);

    internal void Dequeue() => Interlocked.Decrement(ref pending);

    internal void CountBatch(int rows, TimeSpan duration)
    {
        Interlocked.Add(ref inferences, rows);
        Interlocked.Increment(ref executions);
        batches.GetOrAdd(rows, static _ => new DurationStatistic()).Add(duration);
        metrics.Rows.Add(rows, Labels);
        metrics.Executions.Add(1, Labels);
    }

    internal void CountSuccess(in RequestTimes times, DateTimeOffset now)
    {
        Volatile.Write(ref lastInferenceMs, now.ToUnixTimeMilliseconds());
        Success.Add(times.Total);
        Queue.Add(times.Queue);
        ComputeInput.Add(times.Input);
        ComputeInfer.Add(times.Infer);
        ComputeOutput.Add(times.Output);
        metrics.Success.Add(1, Labels);
        metrics.Request.Record(times.Total.TotalSeconds, Labels);
        metrics.Queue.Record(times.Queue.TotalSeconds, Labels);
        metrics.Input.Record(times.Input.TotalSeconds, Labels);
        metrics.Infer.Record(times.Infer.TotalSeconds, Labels);
        metrics.Output.Record(times.Output.TotalSeconds, Labels);
    }

    internal void CountFailure(TimeSpan total, string reason)
    {
        Fail.Add(total);
        metrics.Failure.Add(1, [.. Labels, new("reason", reason)]);
    }
}
