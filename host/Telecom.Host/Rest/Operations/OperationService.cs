using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.Operations;

/// <summary>Runs work that takes longer than a caller should wait, and keeps its end for a while. Safe to call from any thread.</summary>
/// <remarks>
/// Operations live in memory: those that run when the host stops are cancelled, and none is known after a restart. What they made, such as stored
/// predictions, stays.
/// </remarks>
internal sealed partial class OperationService(OperationOptions options, TimeProvider time, ILogger<OperationService> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, Operation> operations = new();
    private readonly ConcurrentDictionary<OperationKind, SemaphoreSlim> turns = new();
    private readonly ConcurrentDictionary<Guid, Task> running = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private int active;
    private long activeBytes;

    /// <summary>Starts work behind the caller's back.</summary>
    /// <param name="kind">What sort of work.</param>
    /// <param name="caller">Who will ask for it.</param>
    /// <param name="requestBytes">Memory that the work keeps until its end.</param>
    /// <param name="work">Reports to the operation, watches its <see cref="Operation.Cancellation"/>, and returns one JSON document.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.QueueFull"/>: as many operations wait or run as may.</exception>
    public Operation Start(OperationKind kind, string caller, long requestBytes, Func<Operation, Task<ReadOnlyMemory<byte>>> work)
    {
        Forget();
        Enter(requestBytes);
        var operation = new Operation(kind, caller, options, time, stopping.Token);
        operations[operation.Id] = operation;
        var traceId = Activity.Current?.TraceId.ToHexString() ?? operation.Id.ToString("N");
        var run = Task.Run(() => RunAsync(operation, requestBytes, work, traceId), CancellationToken.None);
        running[operation.Id] = run;
        _ = run.ContinueWith(
            _ => running.TryRemove(operation.Id, out Task? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return operation;
    }

    /// <returns>Every operation of a caller that is still shown.</returns>
    public IReadOnlyList<Operation> Of(string caller)
    {
        Forget();
        return [.. operations.Values.Where(operation => operation.Caller == caller)];
    }

    /// <returns>One operation of a caller.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>.</exception>
    public Operation Find(string caller, string id)
    {
        Forget();
        return Guid.TryParse(id, out var guid) && operations.TryGetValue(guid, out var operation) && operation.Caller == caller
            ? operation
            : throw new TelecomException(
                ErrorCode.NotFound,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"There is no operation '{id}': operations are shown for {options.Retention.TotalMinutes} minutes after their end, and until a restart."));
    }

    /// <summary>Cancels what runs and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running.Values);
        foreach (var operation in operations.Values)
        {
            operation.Dispose();
        }

        foreach (var turn in turns.Values)
        {
            turn.Dispose();
        }

        stopping.Dispose();
    }

    private async Task RunAsync(Operation operation, long requestBytes, Func<Operation, Task<ReadOnlyMemory<byte>>> work, string traceId)
    {
        var end = await WorkAsync(operation, work, traceId);

        // Whoever hears of the end finds the place free.
        Leave(requestBytes);
        end();
    }

    /// <returns>What tells how it ended.</returns>
    private async Task<Action> WorkAsync(Operation operation, Func<Operation, Task<ReadOnlyMemory<byte>>> work, string traceId)
    {
        try
        {
            var turn = turns.GetOrAdd(operation.Kind, static kind => new(kind.MaxRunning));
            await turn.WaitAsync(operation.Cancellation);
            try
            {
                operation.Start();
                var result = await work(operation);
                return () => operation.Succeed(result);
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException) when (operation.Cancellation.IsCancellationRequested)
        {
            var cancelled = new TelecomException(ErrorCode.Cancelled, "The operation was cancelled, or the host stopped, before it ended.");
            return () => operation.Fail(ProblemDocuments.Of(cancelled, traceId), isCancelled: true);
        }
#pragma warning disable CA1031 // Whatever the work fails with is its caller's to read, as the answer of a request would be.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (ProblemDocuments.IsHidden(exception))
            {
                LogFailed(operation.Kind.Name, operation.Id, traceId, exception);
            }

            return () => operation.Fail(ProblemDocuments.Of(exception, traceId), isCancelled: false);
        }
    }

    // One alone may be as large as a request may be.
    private void Enter(long requestBytes)
    {
        lock (gate)
        {
            if (active == options.MaxActive || (active > 0 && activeBytes + requestBytes > options.MaxActiveBytes))
            {
                throw new TelecomException(
                    ErrorCode.QueueFull,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{active} operations with {activeBytes >> 20} MiB of requests wait or run already: try again when one has ended."));
            }

            active++;
            activeBytes += requestBytes;
        }
    }

    private void Leave(long requestBytes)
    {
        lock (gate)
        {
            active--;
            activeBytes -= requestBytes;
        }
    }

    // Those that ended too long ago, and the oldest of those that are too many or too large.
    private void Forget()
    {
        var now = time.GetUtcNow();
        var kept = 0;
        long bytes = 0;
        foreach (var operation in operations.Values.Where(operation => !operation.IsActive).OrderByDescending(operation => operation.EndedAt))
        {
            bytes += operation.Result.Length;
            kept++;
            var isTooMuch = kept > options.MaxEnded || (kept > 1 && bytes > options.MaxEndedBytes);
            if ((isTooMuch || now - operation.EndedAt >= options.Retention) && operations.TryRemove(operation.Id, out _))
            {
                operation.Dispose();
            }
        }
    }

    [LoggerMessage(4020, LogLevel.Error, "Operation {Kind} {Id} failed, trace {TraceId}.")]
    private partial void LogFailed(string kind, Guid id, string traceId, Exception exception);
}
