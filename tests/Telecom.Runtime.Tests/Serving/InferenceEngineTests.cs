using Telecom.Modeling.Execution;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Serving;

public sealed class InferenceEngineTests
{
    [Fact]
    public async Task Rows_that_wait_together_share_a_batch()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("network");

        Task<ToyAnswer>[] answers;
        using (bench.Host.PauseExecutor())
        {
            answers = [.. Enumerable.Range(0, 5).Select(i => bench.SubmitAsync(lane, ToyRequest.Of(i)))];
        }

        await Task.WhenAll(answers);
        Assert.Equal(["network:0,1,2,3,4"], bench.Log.Entries);
    }

    [Fact]
    public async Task Rows_share_a_batch_only_with_their_batch_key()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("steps");

        Task<ToyAnswer>[] answers;
        using (bench.Host.PauseExecutor())
        {
            answers = [.. Enumerable.Range(0, 5).Select(i => bench.SubmitAsync(lane, ToyRequest.Of(i, steps: 2 + (i % 2))))];
        }

        Assert.Equal([2, 3, 2, 3, 2], (await Task.WhenAll(answers)).Select(answer => answer.Y.Length));
        Assert.Equal(["steps:0,2,4", "steps:1,3", "steps-done:0,2,4", "steps-done:1,3"], bench.Log.Entries);
    }

    [Fact]
    public async Task Lanes_take_turns_when_batches_are_full()
    {
        await using var bench = await LaneBench.StartAsync(maxBatchRows: 2);
        var (many, few) = (await bench.LaneAsync("network"), await bench.LaneAsync("sum"));

        List<Task<ToyAnswer>> answers;
        using (bench.Host.PauseExecutor())
        {
            answers = [.. Enumerable.Range(0, 6).Select(i => bench.SubmitAsync(many, ToyRequest.Of(i)))];
            answers.AddRange(Enumerable.Range(6, 3).Select(i => bench.SubmitAsync(few, ToyRequest.Of(i))));
        }

        await Task.WhenAll(answers);
        Assert.Equal(["network:0,1", "sum:6,7", "network:2,3", "sum:8", "network:4,5"], bench.Log.Entries);
    }

    [Fact]
    public async Task Rows_beyond_the_limit_wait_until_others_are_done()
    {
        // 2 batches of 1 row may be under way.
        await using var bench = await LaneBench.StartAsync(maxBatchRows: 1);
        var lane = await bench.LaneAsync("steps");

        Task<ToyAnswer>[] answers;
        using (bench.Host.PauseExecutor())
        {
            answers = [.. Enumerable.Range(0, 4).Select(i => bench.SubmitAsync(lane, ToyRequest.Of(i, steps: 3)))];
        }

        await Task.WhenAll(answers);
        var order = bench.Log.Entries.ToList();
        Assert.Equal(8, order.Count);
        Assert.True(order.IndexOf("steps:1") < order.IndexOf("steps-done:0"));
        Assert.True(order.IndexOf("steps-done:0") < order.IndexOf("steps:2"));
    }

    [Fact]
    public async Task New_rows_join_batches_that_are_under_way()
    {
        await using var bench = await LaneBench.StartAsync();
        var (steps, adapted) = (await bench.LaneAsync("steps"), await bench.LaneAsync("adapted"));

        Task<ToyAnswer> slow, quick = null!;
        using (bench.Host.PauseExecutor())
        {
            // Behind the first round of the slow row, before its second.
            slow = bench.SubmitAsync(steps, ToyRequest.Of(1, steps: 3));
            bench.Host.Executor.Post(() => quick = bench.SubmitAsync(adapted, ToyRequest.Of(2)));
        }

        Assert.Equal(3, (await slow).Y.Length);
        Assert.Single((await quick).Y);
        Assert.Equal(["steps:1", "adapted:2", "steps-done:1"], bench.Log.Entries);
    }

    [Fact]
    public async Task Mixed_batches_give_the_answers_of_single_ones()
    {
        await using var bench = await LaneBench.StartAsync();
        string[] methods = ["steps", "adapted", "network", "sum"];
        var lanes = new List<Lane<ToyRequest, ToyAnswer>>();
        foreach (var method in methods)
        {
            lanes.Add(await bench.LaneAsync(method));
        }

        var requests = Enumerable.Range(0, 40).Select(i => (Lane: lanes[i % lanes.Count], Request: ToyRequest.Of(i / 10.0, (i % 3) + 1))).ToArray();
        var alone = new List<ToyAnswer>();
        foreach (var (lane, request) in requests)
        {
            alone.Add(await bench.SubmitAsync(lane, request));
        }

        Task<ToyAnswer>[] waiting;
        using (bench.Host.PauseExecutor())
        {
            waiting = [.. requests.Select(entry => bench.SubmitAsync(entry.Lane, entry.Request))];
        }

        var together = await Task.WhenAll(waiting);
        for (var i = 0; i < requests.Length; i++)
        {
            // adapters.md 5.2: 1e-4 between compositions of a batch.
            Assert.Equal(alone[i].Y.Length, together[i].Y.Length);
            Assert.All(alone[i].Y.Zip(together[i].Y), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }
    }

    [Fact]
    public async Task Without_a_base_the_encoder_feeds_the_head()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("steps", baseName: "none");

        var answer = await bench.SubmitAsync(lane, ToyRequest.Of(1, steps: 3));

        Assert.Equal(3, answer.Y.Length);
        Assert.Equal("none", lane.Model.Base!.Name);
        Assert.Null(lane.Model.Adapter);
    }

    [Theory]
    [InlineData("sum", ToyMode.Throws, "Method 'sum' failed: boom")]
    [InlineData("network", ToyMode.Throws, "Method 'network' failed: boom")]
    [InlineData("network", ToyMode.Native, "Method 'network' failed: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")]
    [InlineData("network", ToyMode.Cancels, "Method 'network' failed: on its own")]
    [InlineData("network", ToyMode.NoAnswer, "Method 'network' failed: it gave no answer to request 1 of 1.")]
    [InlineData("adapted", ToyMode.Throws, "Method 'adapted' failed: boom")]
    [InlineData("adapted", ToyMode.ThrowsInDecode, "Method 'adapted' failed: undecodable")]
    [InlineData("adapted", ToyMode.NoAnswer, "Method 'adapted' failed: it gave no answer to request 1 of 1.")]
    [InlineData("adapted", ToyMode.Wide, "Tokens must be [B, T, 16] in Float32 with at least one row and one token, but are [1, 2, 17] in Float32.")]
    [InlineData("adapted", ToyMode.Double, "but are [1, 2, 16] in Float64.")]
    [InlineData("adapted", ToyMode.NoTokens, "but are missing.")]
    [InlineData("adapted", ToyMode.WrongMask, "The mask must be [1, 2] in Bool")]
    [InlineData("steps", ToyMode.Throws, "Method 'steps' failed: boom")]
    public async Task Method_that_fails_takes_only_its_own_rows_with_it(string method, string mode, string message)
    {
        await using var bench = await LaneBench.StartAsync();
        var (broken, steps, adapted) = (await bench.LaneAsync(method), await bench.LaneAsync("steps"), await bench.LaneAsync("adapted"));
        var live = 0L;

        for (var round = 0; round < 2; round++)
        {
            Task<ToyAnswer> failing;
            Task<ToyAnswer>[] others;
            using (bench.Host.PauseExecutor())
            {
                failing = bench.SubmitAsync(broken, ToyRequest.Of(1, 3, mode));
                others = [bench.SubmitAsync(steps, ToyRequest.Of(2, 3)), bench.SubmitAsync(adapted, ToyRequest.Of(3))];
            }

            var exception = await Assert.ThrowsAsync<TelecomException>(() => failing);
            await Task.WhenAll(others);

            Assert.Equal(ErrorCode.PluginFault, exception.Code);
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", exception.Message, StringComparison.Ordinal);
            var now = await bench.Host.Executor.CountLiveTensorsAsync(ToyHost.Token);
            Assert.True(round == 0 || now == live, $"{live} tensors were alive, now {now}.");
            live = now;
        }
    }

    [Fact]
    public async Task Failure_with_a_code_of_its_own_keeps_it()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("network");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => bench.SubmitAsync(lane, ToyRequest.Of(1, mode: ToyMode.Coded)));

        Assert.Equal((ErrorCode.Unprocessable, "no such weather"), (exception.Code, exception.Message));
    }

    [Fact]
    public async Task Batch_key_that_throws_is_a_fault_of_the_method_and_frees_its_place()
    {
        await using var bench = await LaneBench.StartAsync(maxQueue: 1);
        var lane = await bench.LaneAsync("network");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => bench.SubmitAsync(lane, ToyRequest.Of(1, mode: ToyMode.ThrowsInKey)));

        Assert.Equal((ErrorCode.PluginFault, "Method 'network' failed: keyed"), (exception.Code, exception.Message));
        Assert.Single((await bench.SubmitAsync(lane, ToyRequest.Of(2))).Y);
    }

    [Fact]
    public async Task Cancelled_row_ends_at_once_and_never_reaches_its_method()
    {
        await using var bench = await LaneBench.StartAsync(maxQueue: 2);
        var lane = await bench.LaneAsync("network");
        using var cancellation = new CancellationTokenSource();

        Task<ToyAnswer> kept;
        using (bench.Host.PauseExecutor())
        {
            var cancelled = bench.SubmitAsync(lane, ToyRequest.Of(1), cancellation.Token);
            kept = bench.SubmitAsync(lane, ToyRequest.Of(2));
            await cancellation.CancelAsync();

            // The executor is still busy: only the cancellation can have ended it.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            Assert.Equal(1, bench.Host.Engine.Queued);
        }

        await kept;
        Assert.Equal(["network:2"], bench.Log.Entries);
    }

    [Fact]
    public async Task Row_that_was_cancelled_before_is_never_queued()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("network");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => bench.SubmitAsync(lane, ToyRequest.Of(1), new CancellationToken(canceled: true)));

        Assert.Empty(bench.Log.Entries);
    }

    [Fact]
    public async Task Full_queue_refuses_until_a_place_is_free()
    {
        await using var bench = await LaneBench.StartAsync(maxQueue: 2);
        var lane = await bench.LaneAsync("network");
        using var cancellation = new CancellationTokenSource();

        Task<ToyAnswer>[] accepted;
        using (bench.Host.PauseExecutor())
        {
            var first = bench.SubmitAsync(lane, ToyRequest.Of(1), cancellation.Token);
            var second = bench.SubmitAsync(lane, ToyRequest.Of(2));
            var refused = await Assert.ThrowsAsync<TelecomException>(() => bench.SubmitAsync(lane, ToyRequest.Of(3)));
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            accepted = [second, bench.SubmitAsync(lane, ToyRequest.Of(4))];

            Assert.Equal(ErrorCode.QueueFull, refused.Code);
            Assert.Contains("2 requests wait already", refused.Message, StringComparison.Ordinal);
        }

        await Task.WhenAll(accepted);
        Assert.Equal(0, bench.Host.Engine.Queued);
        Assert.Equal(["network:2,4"], bench.Log.Entries);
    }

    [Fact]
    public async Task Closing_a_lane_waits_for_its_answers_and_refuses_new_rows()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("steps");

        Task closing;
        Task<ToyAnswer> accepted;
        using (bench.Host.PauseExecutor())
        {
            accepted = bench.SubmitAsync(lane, ToyRequest.Of(1, steps: 3));
            closing = lane.CloseAsync();
            var refused = await Assert.ThrowsAsync<TelecomException>(() => bench.SubmitAsync(lane, ToyRequest.Of(2)));

            Assert.Equal(ErrorCode.PluginUnavailable, refused.Code);
            Assert.False(closing.IsCompleted);
        }

        await closing;
        Assert.Equal(3, (await accepted).Y.Length);
    }

    [Fact]
    public async Task Closing_a_lane_waits_for_a_batch_whose_callers_have_gone()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("steps");
        using var cancellation = new CancellationTokenSource();
        Task<ToyAnswer> gone;
        using (bench.Host.PauseExecutor())
        {
            // Cancelled between the first and the second of three steps.
            gone = bench.SubmitAsync(lane, ToyRequest.Of(1, steps: 3), cancellation.Token);
            bench.Host.Executor.Post(cancellation.Cancel);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await lane.CloseAsync();

        // The batch ran to its end: its caller cannot stop it, and its model must outlive it.
        Assert.Contains("steps-done:1", bench.Log.Entries);
    }

    [Fact]
    public async Task Executor_that_ends_between_steps_fails_the_rows_that_are_under_way()
    {
        await using var bench = await LaneBench.StartAsync();
        var (steps, network) = (await bench.LaneAsync("steps"), await bench.LaneAsync("network"));
        var executor = await DeviceExecutor.StartAsync("cpu");
        using var engine = new InferenceEngine(executor, new BatchLimits(), TimeProvider.System);
        Task<ToyAnswer[]> slow, quick;
        ValueTask ending;
        using (new ToyHost.Pause(executor))
        {
            slow = engine.SubmitAsync(steps, [ToyRequest.Of(1, steps: 3)], LaneBench.Ticket, ToyHost.Token);
            quick = engine.SubmitAsync(network, [ToyRequest.Of(2)], LaneBench.Ticket, ToyHost.Token);
            ending = executor.DisposeAsync();
        }

        await ending;

        Assert.Single(await quick);
        Assert.Equal(ErrorCode.PluginUnavailable, (await Assert.ThrowsAsync<TelecomException>(() => slow)).Code);
    }
}
