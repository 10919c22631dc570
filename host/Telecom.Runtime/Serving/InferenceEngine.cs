using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>
/// Turns waiting rows into batches and batches into answers. While the executor is busy, rows queue up in their lanes; each round then takes what
/// waits, encodes it, and sends all adapted rows through the base in one forward.
/// </summary>
internal sealed class InferenceEngine(DeviceExecutor executor, int maxBatchRows, int maxQueue)
{
    // Full batches that one round may join. The peak of a forward grows with its rows and the allocator keeps it, so that more would let the
    // memory of the process follow the load; with one, a batch of many steps would make every other method wait for its end.
    private const int BatchesInFlight = 2;

    private readonly Lock gate = new();
    private readonly Queue<Lane> ready = new();
    private readonly List<RunningBatch> active = [];
    private int queued;
    private bool isRoundPosted;

    /// <summary>Rows that wait or run.</summary>
    public int Queued => Volatile.Read(ref queued);

    /// <summary>Queues one row and waits for its answer.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.QueueFull"/>; <see cref="ErrorCode.PluginUnavailable"/> when the lane is closed; otherwise what the method made of it.
    /// </exception>
    /// <param name="lane">The method.</param>
    /// <param name="request">The request.</param>
    /// <param name="lease">The adapter; released when the row is done, also when it is refused here.</param>
    /// <param name="cancellationToken">Takes the row out of the queue.</param>
    /// <exception cref="OperationCanceledException">Cancelled, which takes effect at once; a running batch is not interrupted.</exception>
    public async Task<TOut> SubmitAsync<TIn, TOut>(
        Lane<TIn, TOut> lane, TIn request, AdapterLease? lease, CancellationToken cancellationToken)
        where TIn : class
        where TOut : class
    {
        if (cancellationToken.IsCancellationRequested)
        {
            lease?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (Interlocked.Increment(ref queued) > maxQueue)
        {
            lease?.Dispose();
            Interlocked.Decrement(ref queued);
            throw new TelecomException(
                ErrorCode.QueueFull,
                string.Create(CultureInfo.InvariantCulture, $"{maxQueue} requests wait already: try again later, or send fewer at a time."));
        }

        try
        {
            var row = Add(lane, request, lease);
            using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((PendingRow<TIn, TOut>)state!).Cancel(token), row);
            return await row.Answer.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref queued);
        }
    }

    /// <summary>Runs one batch of its own, outside the lanes; for benchmarks. Executor thread only.</summary>
    /// <exception cref="TelecomException">What the method failed with.</exception>
    public static void RunAlone(RunningBatch batch)
    {
        using var owner = batch;
        using var noGradient = torch.no_grad();
        batch.Begin();
        while (batch.Tokens is not null)
        {
            using var scope = torch.NewDisposeScope();
            ForwardRound.Run([batch]);
        }

        if (batch.Failure is { } failure)
        {
            throw failure;
        }
    }

    private PendingRow<TIn, TOut> Add<TIn, TOut>(Lane<TIn, TOut> lane, TIn request, AdapterLease? lease)
        where TIn : class
        where TOut : class
    {
        try
        {
            var row = MethodFault.Guard(lane.Model.Descriptor.Id, () => new PendingRow<TIn, TOut>(lane, request, lease));
            if (lane.Add(row))
            {
                Announce(lane);
            }

            return row;
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
    }

    private void Announce(Lane lane)
    {
        lock (gate)
        {
            ready.Enqueue(lane);
            if (isRoundPosted)
            {
                return;
            }

            isRoundPosted = true;
        }

        executor.Post(Round);
    }

    private void Round()
    {
        lock (gate)
        {
            isRoundPosted = false;
        }

        using (torch.NewDisposeScope())
        using (torch.no_grad())
        {
            Admit();
            ForwardRound.Run(active);
            active.RemoveAll(TrySettle);
        }

        Continue();
    }

    private void Continue()
    {
        lock (gate)
        {
            if (isRoundPosted || (ready.Count == 0 && active.Count == 0))
            {
                return;
            }

            isRoundPosted = true;
        }

        try
        {
            executor.Post(Round);
        }
        catch (TelecomException exception)
        {
            // The executor ends, which its owner lets happen only when nobody waits for answers any more.
            active.ForEach(batch => batch.Fail(exception));
            active.RemoveAll(TrySettle);
        }
    }

    // One batch per lane and turn: the lane goes to the back of the queue, and leaves it when it has nothing more to give.
    private void Admit()
    {
        var rows = active.Sum(batch => batch.Rows);
        while (rows < BatchesInFlight * maxBatchRows && TryNextLane(out var lane))
        {
            if (lane.Take(maxBatchRows) is not { } batch)
            {
                continue;
            }

            lock (gate)
            {
                ready.Enqueue(lane);
            }

            rows += batch.Rows;
            batch.Begin();
            if (!TrySettle(batch))
            {
                active.Add(batch);
            }
        }
    }

    private bool TryNextLane([NotNullWhen(true)] out Lane? lane)
    {
        lock (gate)
        {
            return ready.TryDequeue(out lane);
        }
    }

    // Reports a batch that is done, and releases it.
    private static bool TrySettle(RunningBatch batch)
    {
        if (batch.Tokens is not null)
        {
            return false;
        }

        batch.Report();
        batch.Dispose();
        return true;
    }
}
