using Telecom.Modeling.Execution;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Modeling.Tests.Execution;

public sealed class DeviceExecutorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_runs_in_arrival_order_on_one_thread()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");
        var order = new List<int>();
        var threads = new HashSet<int>();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => executor.RunAsync(
            () =>
            {
                order.Add(i);
                threads.Add(Environment.CurrentManagedThreadId);
            },
            Token)));

        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.Single(threads);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
    }

    [Fact]
    public async Task Failure_reaches_the_caller_and_the_thread_goes_on()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");

        var failing = executor.RunAsync<int>(() => throw new FormatException("mine"), Token);
        var exception = await Assert.ThrowsAsync<FormatException>(() => failing);

        Assert.Equal("mine", exception.Message);
        Assert.Equal(4, await executor.RunAsync(() => 2 + 2, Token));
    }

    [Fact]
    public async Task Work_that_is_cancelled_before_its_turn_never_runs()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var ran = false;
        var blocking = executor.RunAsync(gate.Wait, Token);

        var cancelled = executor.RunAsync(() => ran = true, cancellation.Token);
        await cancellation.CancelAsync();
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await blocking;
        Assert.True(cancelled.IsCanceled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Work_that_does_not_return_keeps_its_thread_and_the_rest_goes_on()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var unwound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        executor.Post(() =>
        {
            try
            {
                begun.Set();
                gate.Wait(Token);
                throw new ThreadReplacedException();
            }
            finally
            {
                unwound.SetResult();
            }
        });
        var next = executor.RunAsync(() => Environment.CurrentManagedThreadId, Token);
        begun.Wait(Token);

        executor.ReplaceThread();
        var thread = await next;
        gate.Set();
        await unwound.Task;

        Assert.Equal(thread, await executor.RunAsync(() => Environment.CurrentManagedThreadId, Token));
    }

    [Fact]
    public async Task Work_that_cancels_itself_ends_cancelled()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");
        using var cancellation = new CancellationTokenSource();

        var running = executor.RunAsync(
            () =>
            {
                cancellation.Cancel();
                cancellation.Token.ThrowIfCancellationRequested();
            },
            cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(running.IsCanceled);
    }

    [Fact]
    public async Task Disposal_runs_what_is_queued_and_refuses_what_comes_later()
    {
        var executor = await DeviceExecutor.StartAsync("cpu");
        using var gate = new ManualResetEventSlim();
        var blocking = executor.RunAsync(gate.Wait, Token);
        var queued = executor.RunAsync(() => 5, Token);

        var disposing = executor.DisposeAsync().AsTask();
        var late = await Assert.ThrowsAsync<TelecomException>(() => executor.RunAsync(() => 6, Token));
        gate.Set();
        await disposing;

        await blocking;
        Assert.Equal(5, await queued);
        Assert.Equal(ErrorCode.PluginUnavailable, late.Code);
        Assert.Throws<TelecomException>(() => executor.Post(() => { }));
        await executor.DisposeAsync();
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("CPU")]
    public async Task Unknown_device_is_refused_by_name(string device)
    {
        var exception = await Assert.ThrowsAsync<TelecomException>(() => DeviceExecutor.StartAsync(device));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains($"'{device}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("auto, cpu or cuda:N", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_accelerator_is_an_error_that_says_so()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "This machine has an accelerator.");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => DeviceExecutor.StartAsync("cuda:0"));

        Assert.Equal(ErrorCode.NativeLibrary, exception.Code);
    }

    [Fact]
    public async Task Automatic_device_is_the_processor_without_an_accelerator()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "This machine has an accelerator.");

        await using var executor = await DeviceExecutor.StartAsync();

        Assert.Equal(DeviceType.CPU, executor.Device.type);
    }

    [Fact]
    public async Task Executor_refuses_to_wait_for_itself()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => executor.RunAsync(() => executor.Run(() => 1), Token));

        Assert.Contains("cannot wait for itself", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, executor.Run(() => 3));
    }

    [Fact]
    public async Task Live_tensors_are_those_of_the_executor_thread()
    {
        await using var executor = await DeviceExecutor.StartAsync("cpu");
        using var elsewhere = torch.zeros(1);
        var before = await executor.CountLiveTensorsAsync(Token);

        var kept = await executor.RunAsync(() => torch.zeros(3), Token);

        Assert.Equal(before + 1, await executor.CountLiveTensorsAsync(Token));
        await executor.RunAsync(kept.Dispose, Token);
        Assert.Equal(before, await executor.CountLiveTensorsAsync(Token));
    }
}
