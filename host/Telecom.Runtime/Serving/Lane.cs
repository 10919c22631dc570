using Telecom.Runtime.Models;

namespace Telecom.Runtime.Serving;

/// <summary>Rows that wait for one method version. They may share a batch when their batch keys are equal.</summary>
internal abstract class Lane
{
    /// <summary>Takes the longest prefix of waiting rows with one batch key; null when none waits.</summary>
    public abstract RunningBatch? Take(int maxRows);
}

/// <inheritdoc cref="Lane"/>
internal sealed class Lane<TIn, TOut>(LoadedModel<TIn, TOut> model) : Lane
    where TIn : class
    where TOut : class
{
    private readonly Lock gate = new();
    private readonly Queue<PendingRow<TIn, TOut>> waiting = new();

    public LoadedModel<TIn, TOut> Model => model;

    public void Add(PendingRow<TIn, TOut> row)
    {
        lock (gate)
        {
            waiting.Enqueue(row);
        }
    }

    public override RunningBatch? Take(int maxRows)
    {
        var rows = new List<PendingRow<TIn, TOut>>();
        lock (gate)
        {
            while (rows.Count < maxRows && waiting.TryPeek(out var next) && (rows.Count == 0 || next.BatchKey == rows[0].BatchKey))
            {
                waiting.Dequeue();
                if (!next.IsCancelled())
                {
                    rows.Add(next);
                }
            }
        }

        return rows.Count == 0 ? null : new LaneBatch<TIn, TOut>(model, [.. rows]);
    }
}
