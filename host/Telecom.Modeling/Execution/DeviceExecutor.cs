using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;
using TorchSharp;

namespace Telecom.Modeling.Execution;

/// <summary>
/// The one thread of a device that makes, uses and disposes tensors. Work arrives as delegates and runs in arrival order; long work (training) is
/// posted in slices, so that serving gets its turn between them. When no work comes for a while, freed memory goes back to the system.
/// </summary>
/// <remarks>Dispose scopes and gradient mode are thread-static in TorchSharp: whatever touches tensors elsewhere is a defect.</remarks>
public sealed class DeviceExecutor : IAsyncDisposable
{
    private const string Cuda = "cuda";

    // Idle milliseconds before freed memory goes back: long enough not to do it between the requests of a busy client, short enough that an idle
    // host is small; and once more for what other threads (the just-in-time compiler, the store) free after the last answer.
    private static readonly int[] TrimAfter = [250, 2000];

    private readonly BlockingCollection<Action> queue = [];
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Thread thread;

    private DeviceExecutor(string device, int threads, NativeRuntimeOptions? native)
    {
        thread = NewThread(() => Loop(device, threads, native));
        thread.Start();
    }

    /// <summary>Device of every tensor.</summary>
    public torch.Device Device { get; private set; } = null!;

    /// <summary>Starts the thread and loads the native library on it.</summary>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="threads">Threads of one tensor operation; 0 leaves the choice to libtorch. Process-wide.</param>
    /// <param name="native">Where the native library lies; null leaves it to the environment.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NativeLibrary"/>, or <see cref="ErrorCode.InvalidInput"/> for an unknown device.
    /// </exception>
    public static async Task<DeviceExecutor> StartAsync(string device = "auto", int threads = 0, NativeRuntimeOptions? native = null)
    {
        var executor = new DeviceExecutor(device, threads, native);
        await executor.started.Task.ConfigureAwait(false);
        return executor;
    }

    /// <summary>Runs <paramref name="work"/> on the executor thread. Tensors it makes must not outlive it unless detached from its scopes.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the work began, or by the work.</exception>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginUnavailable"/>: the executor was disposed.</exception>
    public Task<TResult> RunAsync<TResult>(Func<TResult> work, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                completion.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                completion.SetResult(work());
            }
            catch (OperationCanceledException exception)
            {
                completion.SetCanceled(exception.CancellationToken);
            }
#pragma warning disable CA1031 // Whatever the work throws belongs to its caller, never to the executor thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        });
        return completion.Task;
    }

    /// <inheritdoc cref="RunAsync{TResult}"/>
    public Task RunAsync(Action work, CancellationToken cancellationToken) =>
        RunAsync(
            () =>
            {
                work();
                return true;
            },
            cancellationToken);

    /// <summary>
    /// As <see cref="RunAsync{TResult}"/>, for callers that are synchronous by contract, such as benchmarks. Never from the executor thread.
    /// </summary>
    public TResult Run<TResult>(Func<TResult> work)
    {
        if (Thread.CurrentThread == thread)
        {
            throw new InvalidOperationException("The executor thread cannot wait for itself.");
        }

        return RunAsync(work, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>
    /// Leaves the thread to work that does not return, and goes on with a new one. The work must end with <see cref="ThreadReplacedException"/> as soon
    /// as it does return: from now on its tensors and lists are those of the new thread.
    /// </summary>
    public void ReplaceThread()
    {
        var fresh = NewThread(Work);
        thread = fresh;
        fresh.Start();
    }

    /// <summary>Tensors that are alive in this process according to TorchSharp's statistics of the executor thread.</summary>
    public Task<long> CountLiveTensorsAsync(CancellationToken cancellationToken) =>
        RunAsync(() => DisposeScopeManager.Statistics.ThreadTotalLiveCount, cancellationToken);

    /// <summary>Runs what was posted before, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!stopped.Task.IsCompleted)
        {
            queue.CompleteAdding();
        }

        await stopped.Task.ConfigureAwait(false);
        queue.Dispose();
    }

    /// <summary>Posts work that handles its own failures: one that escapes ends the process.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginUnavailable"/>: the executor was disposed.</exception>
    public void Post(Action work)
    {
        try
        {
            queue.Add(work);
        }
        catch (InvalidOperationException exception)
        {
            throw new TelecomException(ErrorCode.PluginUnavailable, "The host is shutting down.", exception);
        }
    }

    private static Thread NewThread(ThreadStart loop) => new(loop) { IsBackground = true, Name = "telecom-executor" };

    private static torch.Device Resolve(string device)
    {
        if (device == "cpu")
        {
            return torch.CPU;
        }

        var hasCuda = torch.cuda.is_available();
        if (device == "auto")
        {
            return hasCuda ? torch.device("cuda:0") : torch.CPU;
        }

        if (!device.StartsWith(Cuda + ":", StringComparison.Ordinal)
            || !int.TryParse(device.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            throw new TelecomException(ErrorCode.InvalidInput, $"Unknown device '{device}': use auto, cpu or cuda:N.");
        }

        if (!hasCuda)
        {
            throw new TelecomException(
                ErrorCode.NativeLibrary,
                $"Device '{device}' was asked for, but the loaded libtorch has no CUDA. Name one that has with Native:LibTorchPath.");
        }

        var count = torch.cuda.device_count();
        return index < count
            ? torch.device(device)
            : throw new TelecomException(ErrorCode.InvalidInput, $"There is no device '{device}': this machine has {count} of the kind.");
    }

    private void Loop(string device, int threads, NativeRuntimeOptions? native)
    {
        try
        {
            NativeRuntime.EnsureLoaded(native);
            if (threads > 0)
            {
                torch.set_num_threads(threads);
            }

            Device = Resolve(device);
            started.SetResult();
        }
#pragma warning disable CA1031 // Reported to whoever starts the executor.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            stopped.SetResult();
            started.SetException(exception);
            return;
        }

        Work();
    }

    private void Work()
    {
        var trims = TrimAfter.Length;
        while (!queue.IsCompleted)
        {
            if (TryRunNext(trims < TrimAfter.Length ? TrimAfter[trims] : Timeout.Infinite))
            {
                trims = 0;
            }
            else
            {
                NativeHeap.Trim();
                trims++;
            }

            if (Thread.CurrentThread != thread)
            {
                return;
            }
        }

        stopped.TrySetResult();
    }

    // A frame of its own: while the thread waits, no slot of its stack may hold the work before, which may be the last reference to a plugin.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryRunNext(int milliseconds)
    {
        if (!queue.TryTake(out var work, milliseconds))
        {
            return false;
        }

        try
        {
            work();
        }
        catch (ThreadReplacedException) when (Thread.CurrentThread != thread)
        {
            // Somebody else does what this thread was for.
        }

        return true;
    }
}
