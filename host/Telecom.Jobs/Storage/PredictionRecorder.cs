using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Storage;

/// <summary>Writes predictions behind the callers' backs, many per transaction, so that an answer does not wait for the disk.</summary>
/// <remarks>
/// Nothing is dropped while the process lives: a batch that fails is tried again, meanwhile the queue fills, callers wait, and after
/// <see cref="PredictionRecorderOptions.Patience"/> they are refused as <see cref="ErrorCode.QueueFull"/>.
/// </remarks>
public sealed partial class PredictionRecorder : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly TelecomStore store;
    private readonly PredictionRecorderOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<PredictionRecorder> logger;
    private readonly Channel<Entry> queue;
    private readonly CancellationTokenSource stopping = new();

    // Released by those who wait for what they handed in; one release too many only makes a transaction smaller.
    private readonly SemaphoreSlim hurry = new(0);
    private readonly Task writing;
    private string? failure;

    /// <summary>Starts writing; the recorder does not own the store.</summary>
    public PredictionRecorder(TelecomStore store, PredictionRecorderOptions options, TimeProvider time, ILogger<PredictionRecorder> logger)
    {
        this.store = store;
        this.options = options;
        this.time = time;
        this.logger = logger;
        queue = Channel.CreateBounded<Entry>(
            new BoundedChannelOptions(options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        writing = Task.Run(WriteAsync);
    }

    /// <summary>Why the last batch could not be written; null while all is well.</summary>
    public string? Failure => Volatile.Read(ref failure);

    /// <summary>Takes one prediction; returns at once unless the queue is full.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.QueueFull"/>: the disk did not keep up, or the recorder is closed.</exception>
    public ValueTask RecordAsync(StoredPrediction prediction, CancellationToken cancellationToken) =>
        queue.Writer.TryWrite(new(prediction, null)) ? ValueTask.CompletedTask : new(EnqueueAsync(new(prediction, null), cancellationToken));

    /// <summary>
    /// Waits until everything taken before this call is in the store, so that a query sees it. Does not wait while the store fails.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null || writing.IsCompleted)
        {
            return;
        }

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await EnqueueAsync(new(null, reached), cancellationToken).ConfigureAwait(false);
        hurry.Release();
        try
        {
            await reached.Task.WaitAsync(options.Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The store began to fail meanwhile: the query shows what is there, and Failure says why more is missing.
        }
    }

    /// <summary>Refuses further predictions and writes those that wait, each batch at least once.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stopping.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        hurry.Dispose();
        stopping.Dispose();
    }

    private async Task EnqueueAsync(Entry entry, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await queue.Writer.WriteAsync(entry, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TelecomException(
                ErrorCode.QueueFull,
                $"{options.Capacity} predictions wait to be stored already: {Failure ?? "the disk does not keep up"}. Try again later.");
        }
        catch (ChannelClosedException exception)
        {
            throw new TelecomException(ErrorCode.QueueFull, "The host is stopping and stores no further predictions.", exception);
        }
    }

    private async Task WriteAsync()
    {
        var batch = new List<StoredPrediction>(options.BatchRows);
        var waiters = new List<TaskCompletionSource>();
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await LingerAsync().ConfigureAwait(false);
            while (batch.Count < options.BatchRows && queue.Reader.TryRead(out var entry))
            {
                if (entry.Prediction is { } prediction)
                {
                    batch.Add(prediction);
                }
                else
                {
                    waiters.Add(entry.Reached!);
                }
            }

            await SaveAsync(batch).ConfigureAwait(false);
            waiters.ForEach(waiter => waiter.TrySetResult());
            batch.Clear();
            waiters.Clear();
        }
    }

    // Ends early when somebody waits, a whole transaction is there, or the recorder stops.
    private async Task LingerAsync()
    {
        if (options.Linger <= TimeSpan.Zero || queue.Reader.Count >= options.BatchRows)
        {
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var hurried = hurry.WaitAsync(ended.Token);
        await Task.WhenAny(hurried, Task.Delay(options.Linger, time, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await hurried.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SaveAsync(List<StoredPrediction> batch)
    {
        for (var pause = FirstPause; batch.Count > 0; pause = pause < LongestPause / 2 ? pause * 2 : LongestPause)
        {
            try
            {
                await store.SaveAsync(batch, CancellationToken.None).ConfigureAwait(false);
                Volatile.Write(ref failure, null);
                return;
            }
            catch (DbUpdateException exception)
            {
                await SaveSinglyAsync(batch, exception).ConfigureAwait(false);
                return;
            }
            catch (TelecomException exception)
            {
                Volatile.Write(ref failure, exception.Message);
                LogRetry(batch.Count, pause.TotalMilliseconds, exception);
            }

            if (!await PauseAsync(pause).ConfigureAwait(false))
            {
                LogLost(batch.Count);
                return;
            }
        }
    }

    /// <summary>One row that breaks a constraint must not keep the others from being stored.</summary>
    private async Task SaveSinglyAsync(List<StoredPrediction> batch, DbUpdateException exception)
    {
        if (batch.Count == 1)
        {
            LogRefused(batch[0].Id, exception);
            return;
        }

        foreach (var prediction in batch)
        {
            await SaveAsync([prediction]).ConfigureAwait(false);
        }
    }

    /// <returns>Whether there will be another try: not when the recorder stops.</returns>
    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private readonly record struct Entry(StoredPrediction? Prediction, TaskCompletionSource? Reached);
}
