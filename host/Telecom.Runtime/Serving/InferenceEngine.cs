using Telecom.Modeling.Execution;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>
/// Turns waiting requests into batches and batches into answers. While the executor is busy, requests queue up in their lanes; each round then takes
/// the batches that the <see cref="LaneScheduler"/> chooses, encodes them, and sends all adapted rows through the base in one forward.
/// </summary>
/// <remarks>
/// A batch of a method without a base runs to its end before the next one is chosen. Batches of adapted methods share the forward of their round, in
/// the order in which they were chosen; those that need more forwards stay for the next rounds, and others join them.
/// </remarks>
internal sealed partial class InferenceEngine : IDisposable
{
    // Full batches that one round may join. The peak of a forward grows with its rows and the allocator keeps it, so that more would let the
    // memory of the process follow the load; with one, a batch of many steps would make every other method wait for its end.
    private const int BatchesInFlight = 2;

    private readonly DeviceExecutor executor;
    private readonly BatchLimits limits;
    private readonly LaneScheduler scheduler;
    private readonly ITimer timer;
    private readonly Lock gate = new();

    // Executor thread only; a thread that replaces it gets collections of its own.
    private List<RunningBatch> active = [];
    private HashSet<QueuedRequest> taken = [];
    private bool isForwarding;
    private bool isRoundPosted;
    private long succeeded;
    private long failed;
    private long rows;
    private long batches;

    public InferenceEngine(DeviceExecutor executor, BatchLimits limits, TimeProvider time)
    {
        this.executor = executor;
        this.limits = limits;
        scheduler = new LaneScheduler(limits, time);
        timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that wait.</summary>
    public int Queued
    {
        get
        {
            lock (gate)
            {
                return scheduler.Waiting;
            }
        }
    }

    public ServingCounters Counters =>
        new(Volatile.Read(ref succeeded), Volatile.Read(ref failed), Volatile.Read(ref rows), Volatile.Read(ref batches));

    /// <summary>Counts and times of every model.</summary>
    public ServingMetrics Metrics { get; } = new();

    /// <summary>Queues a request and waits for its answers.</summary>
    /// <param name="lane">The method.</param>
    /// <param name="requests">Its rows, at least one.</param>
    /// <param name="ticket">Deadline, adapter and client.</param>
    /// <param name="cancellationToken">Takes the request out of the queue.</param>
    /// <returns>One answer per row.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.InvalidInput"/>: more rows than a batch; <see cref="ErrorCode.QueueFull"/> or <see cref="ErrorCode.RateLimited"/>;
    /// <see cref="ErrorCode.DeadlineExceeded"/>; <see cref="ErrorCode.PluginUnavailable"/> when the lane is closed; otherwise what the method made
    /// of it.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled, which takes effect at once; a running batch is not interrupted.</exception>
    public async Task<TOut[]> SubmitAsync<TIn, TOut>(Lane<TIn, TOut> lane, TIn[] requests, Ticket ticket, CancellationToken cancellationToken)
        where TIn : class
        where TOut : class
    {
        try
        {
            var request = Accept(lane, requests, ticket, cancellationToken);
            using var registration = cancellationToken.UnsafeRegister(
                (_, token) =>
                {
                    if (request.TryCancel(token))
                    {
                        Forget(request);
                    }
                },
                null);
            var answers = await request.Answers.ConfigureAwait(false);
            Interlocked.Increment(ref succeeded);
            return answers;
        }
        catch
        {
            Interlocked.Increment(ref failed);
            throw;
        }
    }

    /// <summary>
    /// Gives up the call of a plugin that does not return, and goes on serving on another thread. A call cannot be aborted: its thread is lost, and what
    /// it still does concerns nobody. Rows of the round that it held up are refused, unless they only waited for it to begin.
    /// </summary>
    /// <param name="pulse">The plugin.</param>
    /// <param name="longest">How long a call may take.</param>
    /// <returns>Whether a call was given up.</returns>
    public bool TryGiveUp(PluginPulse pulse, TimeSpan longest)
    {
        if (!pulse.TryGiveUp(longest))
        {
            return false;
        }

        // From here on the thread does nothing but unwind when it comes back. Batches between two forwards are whole and go on.
        var lost = taken;
        active = isForwarding ? [] : [.. active];
        taken = [.. active.SelectMany(batch => batch.Requests)];
        isForwarding = false;
        lock (gate)
        {
            isRoundPosted = false;
        }

        executor.ReplaceThread();
        var refusal = new TelecomException(
            ErrorCode.PluginUnavailable, "Code of a plugin did not return, and this request was computed with it or beside it: try again.");
        foreach (var request in lost.Except(taken))
        {
            // Their tensors are left to the thread that has them.
            request.Fail(refusal);
            request.Release();
        }

        Schedule(isRunning: active.Count > 0);
        return true;
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

    /// <inheritdoc/>
    public void Dispose()
    {
        timer.Dispose();
        Metrics.Dispose();
    }

    private QueuedRequest<TIn, TOut> Accept<TIn, TOut>(Lane<TIn, TOut> lane, TIn[] requests, Ticket ticket, CancellationToken cancellationToken)
        where TIn : class
        where TOut : class
    {
        QueuedRequest<TIn, TOut> request;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            request = MethodFault.Guard(lane.Model.Descriptor.Id, () => new QueuedRequest<TIn, TOut>(lane, requests, ticket));
            lane.Enter();
        }
        catch
        {
            ticket.Lease?.Dispose();
            throw;
        }

        try
        {
            lock (gate)
            {
                scheduler.Admit(request);
                request.Clock?.Admit();
            }

            Schedule(isRunning: false);
            return request;
        }
        catch
        {
            Forget(request);
            request.Release();
            throw;
        }
    }

    // A request that was taken goes on with its batch, although its caller has left, and is released with it.
    private void Forget(QueuedRequest request)
    {
        bool isForgotten;
        lock (gate)
        {
            isForgotten = scheduler.Remove(request);
        }

        if (isForgotten)
        {
            request.Release();
        }
    }

    // Posts a round when there is something to do, or sets the timer for when there will be.
    private void Schedule(bool isRunning)
    {
        lock (gate)
        {
            if (isRoundPosted)
            {
                return;
            }

            var wait = isRunning ? TimeSpan.Zero : scheduler.UntilEligible();
            if (wait is null)
            {
                return;
            }

            if (wait > TimeSpan.Zero)
            {
                timer.Change(wait.Value, Timeout.InfiniteTimeSpan);
                return;
            }

            isRoundPosted = true;
        }

        executor.Post(Round);
    }

    private void Wake()
    {
        try
        {
            Schedule(isRunning: false);
        }
        catch (TelecomException exception)
        {
            FailWaiting(exception);
        }
    }

    private void FailWaiting(TelecomException exception)
    {
        IReadOnlyList<QueuedRequest> waiting;
        lock (gate)
        {
            isRoundPosted = false;
            waiting = scheduler.TakeAll();
        }

        foreach (var request in waiting)
        {
            request.Fail(exception);
            request.Release();
        }
    }
}
