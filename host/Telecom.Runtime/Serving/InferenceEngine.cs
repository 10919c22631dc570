using System.Globalization;
using Telecom.Modeling.Execution;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>
/// Turns waiting rows into batches and batches into answers. While the executor is busy, rows queue up in their lanes; each round then takes what
/// waits, encodes it, and sends all adapted rows through the base in one forward.
/// </summary>
internal sealed class InferenceEngine(DeviceExecutor executor, int maxBatchRows, int maxQueue)
{
    private readonly Lock gate = new();
    private readonly Queue<Lane> ready = new();
    private readonly List<RunningBatch> active = [];
    private int queued;
    private bool roundPosted;

    /// <summary>Rows that wait or run.</summary>
    public int Queued => Volatile.Read(ref queued);

    /// <summary>Queues one row and waits for its answer.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.QueueFull"/>.</exception>
    public async Task<TOut> SubmitAsync<TIn, TOut>(Lane<TIn, TOut> lane, TIn request, CancellationToken cancellationToken)
        where TIn : class
        where TOut : class
    {
        if (Interlocked.Increment(ref queued) > maxQueue)
        {
            Interlocked.Decrement(ref queued);
            throw new TelecomException(
                ErrorCode.QueueFull,
                string.Create(CultureInfo.InvariantCulture, $"{maxQueue} requests wait already: try again later, or send fewer at a time."));
        }

        try
        {
            var row = new PendingRow<TIn, TOut>(request, lane.Model.BatchKey(request), cancellationToken);
            lane.Add(row);
            Schedule(lane);
            return await row.Answer.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref queued);
        }
    }

    /// <summary>Runs one batch of its own, outside the lanes; for benchmarks. Executor thread only.</summary>
    public static void RunAlone(RunningBatch batch)
    {
        using var owner = batch;
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        batch.Begin();
        Exception? failure = null;
        while (batch.Tokens is not null && failure is null)
        {
            using var stepScope = torch.NewDisposeScope();
            batch.AdoptTokens(stepScope);
            ForwardRound.Run([batch], (_, exception) => failure = exception);
            batch.KeepTokens();
        }

        if (failure is not null)
        {
            throw new TelecomException(ErrorCode.PluginFault, $"The method failed: {failure.Message}", failure);
        }
    }

    private void Schedule(Lane? lane)
    {
        lock (gate)
        {
            if (lane is not null)
            {
                ready.Enqueue(lane);
            }

            if (roundPosted)
            {
                return;
            }

            roundPosted = true;
        }

        executor.Post(Round);
    }

    private void Round()
    {
        var lanes = TakeReadyLanes();
        using (var scope = torch.NewDisposeScope())
        using (torch.no_grad())
        {
            foreach (var running in active)
            {
                running.AdoptTokens(scope);
            }

            foreach (var lane in lanes)
            {
                Admit(lane);
            }

            ForwardRound.Run([.. active], Drop);
            Finish();
        }

        if (active.Count > 0)
        {
            Schedule(null);
        }
    }

    private List<Lane> TakeReadyLanes()
    {
        lock (gate)
        {
            roundPosted = false;
            var lanes = new List<Lane>(ready.Count);
            while (ready.TryDequeue(out var lane))
            {
                lanes.Add(lane);
            }

            return lanes;
        }
    }

    // Every row announced its lane once; a lane whose rows an earlier announcement already took gives null.
    private void Admit(Lane lane)
    {
        if (lane.Take(maxBatchRows) is not { } batch)
        {
            return;
        }

        active.Add(batch);
        try
        {
            batch.Begin();
        }
#pragma warning disable CA1031 // A plugin may throw anything; only its own rows fail.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Drop(batch, exception);
            return;
        }

        if (batch.Tokens is null)
        {
            Remove(batch, completed: true);
        }
    }

    private void Finish()
    {
        foreach (var batch in active.ToArray())
        {
            if (batch.Tokens is null)
            {
                Remove(batch, completed: true);
            }
            else
            {
                batch.KeepTokens();
            }
        }
    }

    private void Drop(RunningBatch batch, Exception exception)
    {
        batch.Fail(exception);
        Remove(batch, completed: false);
    }

    private void Remove(RunningBatch batch, bool completed)
    {
        active.Remove(batch);
        if (completed)
        {
            batch.Complete();
        }

        batch.Dispose();
    }
}
