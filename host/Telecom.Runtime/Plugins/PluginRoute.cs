using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// The way to the tasks of one plugin version. Requests that entered finish on this version; once it drains, nobody enters, and callers look up the
/// next one.
/// </summary>
internal sealed class PluginRoute(IReadOnlyDictionary<string, TaskServer> servers, FaultGuard guard, PluginPulse pulse, RouteLimits limits, TimeProvider time)
    : IDisposable
{
    // Requests that wait are refused by the lanes, in time and with a better reason; this is for those that run.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CancelledCallsEnd = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<string, TaskServer> servers = servers;
    private int running;
    private bool isClosed;

    /// <summary>Servers by task id; empty once disposed.</summary>
    public IReadOnlyDictionary<string, TaskServer> Servers => servers;

    /// <summary>Counts the faults of this version.</summary>
    public FaultGuard Guard => guard;

    /// <returns>Whether a request may run on this version; then one call of <see cref="RunAsync"/> or <see cref="AnswerAsync"/> must follow.</returns>
    public bool TryEnter()
    {
        lock (gate)
        {
            running += isClosed ? 0 : 1;
            return !isClosed;
        }
    }

    /// <summary>Runs long work, such as training, that says nothing about the health of serving. After enter; it leaves.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginUnavailable"/> when the version is unloaded before it ends.</exception>
    public async Task<T> RunAsync<T>(string taskId, Func<TaskServer, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
        try
        {
            return await work(servers[taskId], either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Unloaded(taskId);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Answers one request, unless the version is in quarantine, and keeps account of faults. After enter; it leaves.</summary>
    /// <param name="taskId">A task of this version.</param>
    /// <param name="timeout">Until when the answer is of use; null for the default.</param>
    /// <param name="work">The request.</param>
    /// <param name="cancellationToken">The caller left.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.PluginUnavailable"/>, <see cref="ErrorCode.DeadlineExceeded"/>, or what the work throws.
    /// </exception>
    public async Task<T> AnswerAsync<T>(
        string taskId, TimeSpan? timeout, Func<TaskServer, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var isProbe = false;
        var verdict = Verdict.None;
        using var stop = new CancellationTokenSource((timeout ?? limits.Timeout) + Grace, time);
        using var callerLeft = cancellationToken.UnsafeRegister(Cancel, stop);
        using var versionEnded = ended.Token.UnsafeRegister(Cancel, stop);
        try
        {
            isProbe = guard.Enter();
            var answer = await work(servers[taskId], stop.Token).ConfigureAwait(false);
            verdict = Verdict.Good;
            return answer;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Unloaded(taskId);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            verdict = pulse.Busy >= limits.Call ? Verdict.Slow : Verdict.None;
            throw new TelecomException(
                ErrorCode.DeadlineExceeded, FormattableString.Invariant($"Task '{taskId}' gave no answer within {(timeout ?? limits.Timeout).TotalSeconds} s."));
        }
        catch (TelecomException exception) when (exception.Code is ErrorCode.PluginFault)
        {
            verdict = Verdict.Counted;
            guard.Fault(exception, isProbe);
            throw;
        }
        catch (TelecomException exception) when (exception.Code is ErrorCode.DeadlineExceeded && pulse.Busy >= limits.Call)
        {
            verdict = Verdict.Slow;
            throw;
        }
        finally
        {
            Tell(verdict, isProbe);
            Leave();
        }
    }

    /// <summary>Gives up a call of this version that does not return.</summary>
    /// <param name="engine">What runs the call.</param>
    /// <param name="isEnding">Whether even a call that may still take its time is given up.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryGiveUp(InferenceEngine engine, bool isEnding = false) => engine.TryGiveUp(pulse, isEnding ? TimeSpan.Zero : limits.Call);

    /// <summary>For how long a call of this version has been running; zero while none does.</summary>
    public TimeSpan Busy => pulse.Busy;

    /// <summary>Whether a call of this version takes longer than it may.</summary>
    public bool IsStuck => Busy >= limits.Call;

    /// <summary>
    /// Lets nobody in, waits for requests that run, and cancels those that take longer than <paramref name="patience"/>.
    /// </summary>
    /// <param name="patience">How long they may take.</param>
    /// <param name="cancellationToken">Ends the patience.</param>
    /// <returns>Whether all of them are over.</returns>
    public async Task<bool> DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            isClosed = true;
            if (running == 0)
            {
                idle.TrySetResult();
            }
        }

        if (await IsIdleWithinAsync(patience, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        await ended.CancelAsync().ConfigureAwait(false);
        return await IsIdleWithinAsync(CancelledCallsEnd, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Disposes the servers, which waits for batches whose callers left.</summary>
    /// <returns>Whether that came to an end; false where code of the plugin does not return.</returns>
    public async Task<bool> DisposeServersAsync()
    {
        var all = servers.Values.ToList();
        servers = new Dictionary<string, TaskServer>();
        var disposing = DisposeAsync(all);
        await Task.WhenAny(disposing, Task.Delay(CancelledCallsEnd, time)).ConfigureAwait(false);
        if (disposing.IsCompleted)
        {
            await disposing.ConfigureAwait(false);
            Dispose();
        }

        return disposing.IsCompleted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pulse.Dispose();
        ended.Dispose();
    }

    private static void Cancel(object? stop) => ((CancellationTokenSource)stop!).Cancel();

    private static TelecomException Unloaded(string taskId) =>
        new(ErrorCode.PluginUnavailable, $"The plugin of task '{taskId}' was unloaded before the work was done: try again.");

    private static async Task DisposeAsync(List<TaskServer> servers)
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--running == 0 && isClosed)
            {
                idle.TrySetResult();
            }
        }
    }

    private async Task<bool> IsIdleWithinAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(idle.Task, Task.Delay(patience, time, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return idle.Task.IsCompleted;
    }

    private void Tell(Verdict verdict, bool isProbe)
    {
        switch (verdict)
        {
            case Verdict.Good:
                guard.Succeed(isProbe);
                break;
            case Verdict.Slow:
                guard.TimeOut(isProbe);
                break;
            case Verdict.None:
                guard.Abandon(isProbe);
                break;
            default:
                break;
        }
    }

    private enum Verdict
    {
        None,
        Good,
        Slow,
        Counted,
    }
}
