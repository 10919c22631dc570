using Telecom.Runtime.Models;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Serving;

/// <summary>Rows that wait for one method version. They may share a batch when their batch keys are equal.</summary>
internal abstract class Lane
{
    /// <summary>Takes the oldest waiting row and those with its batch key, in order of arrival; null when none waits.</summary>
    /// <remarks>After null the next row announces the lane again.</remarks>
    public abstract RunningBatch? Take(int maxRows);
}

/// <inheritdoc cref="Lane"/>
internal sealed class Lane<TIn, TOut>(LoadedModel<TIn, TOut> model) : Lane
    where TIn : class
    where TOut : class
{
    private readonly Lock gate = new();
    private readonly LinkedList<PendingRow<TIn, TOut>> waiting = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;
    private bool isAnnounced;

    public LoadedModel<TIn, TOut> Model => model;

    /// <summary>Whether new rows are refused.</summary>
    public bool IsClosed { get; private set; }

    /// <returns>Whether the lane must be announced to the executor.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginUnavailable"/>: the lane is closed.</exception>
    public bool Add(PendingRow<TIn, TOut> row)
    {
        lock (gate)
        {
            if (IsClosed)
            {
                throw new TelecomException(
                    ErrorCode.PluginUnavailable, $"Method '{model.Descriptor.Id}' is being unloaded or replaced: try again.");
            }

            waiting.AddLast(row);
            var mustAnnounce = !isAnnounced;
            isAnnounced = true;
            return mustAnnounce;
        }
    }

    /// <summary>Forgets a row that still waits.</summary>
    public void Remove(PendingRow<TIn, TOut> row)
    {
        lock (gate)
        {
            // A row that was taken is released with its batch, which goes on without its caller.
            if (waiting.Remove(row))
            {
                row.Lease?.Dispose();
            }

            SettleIfIdle();
        }
    }

    public override RunningBatch? Take(int maxRows)
    {
        lock (gate)
        {
            if (waiting.First is not { } node)
            {
                isAnnounced = false;
                return null;
            }

            var first = node.Value;
            var rows = new List<PendingRow<TIn, TOut>>(Math.Min(maxRows, waiting.Count));
            while (node is not null && rows.Count < maxRows)
            {
                var next = node.Next;
                if (node.Value.Fits(first))
                {
                    waiting.Remove(node);
                    rows.Add(node.Value);
                }

                node = next;
            }

            running += rows.Count;
            return new LaneBatch<TIn, TOut>(this, [.. rows]);
        }
    }

    /// <summary>Says that rows which were taken are done.</summary>
    public void Finish(int rows)
    {
        lock (gate)
        {
            running -= rows;
            SettleIfIdle();
        }
    }

    /// <summary>Refuses new rows; ends when every row that was accepted has its answer.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            IsClosed = true;
            SettleIfIdle();
        }

        return idle.Task;
    }

    private void SettleIfIdle()
    {
        if (IsClosed && running == 0 && waiting.Count == 0)
        {
            idle.TrySetResult();
        }
    }
}
