using System.Text.Json;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Testing;

namespace Telecom.Runtime.Tests.Serving;

/// <summary>The lane batcher of platform.md 7 in virtual time: the golden vectors of its §15, the shared cases, and its rules one by one.</summary>
public sealed class LaneCaseTests
{
    private static readonly BatchLimits Golden = new() { MaxRows = 4, MaxQueueDelay = TimeSpan.FromMilliseconds(5), MaxRequests = 16 };

    [Fact]
    public async Task Vector_3_two_lanes()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden);
        lanes.Arrive(1, 0, key: "a");
        lanes.Arrive(2, 1, key: "b");
        lanes.Arrive(3, 2, key: "a");

        Assert.Empty(await lanes.RunAsync(3));

        Assert.Equal(["1,3 (2) @ 5-17", "2 (1) @ 17-28"], lanes.Batches);
        Assert.Equal(new ServingCounters(3, 0, 3, 2), lanes.Counters);
    }

    [Fact]
    public async Task Vector_4_fourth_row_closes_the_batch()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden);
        for (var i = 0; i < 5; i++)
        {
            lanes.Arrive(i + 1, Math.Min(i, 3));
        }

        Assert.Empty(await lanes.RunAsync(5));

        Assert.Equal(["1,2,3,4 (4) @ 3-17", "5 (1) @ 17-28"], lanes.Batches);
    }

    [Fact]
    public async Task A_plugin_that_asks_for_smaller_batches_and_another_wait_gets_them_in_its_own_lane()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden);
        lanes.Add("b", Golden.For(new ManifestLimits { MaxBatchRows = 2, MaxQueueDelayMs = 1 }));
        lanes.Arrive(1, 0, key: "a");
        lanes.Arrive(2, 0, key: "b");
        lanes.Arrive(3, 0, key: "b", rows: 3);
        lanes.Arrive(4, 2, key: "b", rows: 2);

        var refused = await lanes.RunAsync(4);

        // b is due at 1 with its one row; when it is done at 12, a's row has waited longest, then b's batch of two.
        Assert.Equal(["2 (1) @ 1-12", "1 (1) @ 12-23", "4 (2) @ 23-35"], lanes.Batches);
        Assert.Equal(new KeyValuePair<int, ErrorCode>(3, ErrorCode.InvalidInput), Assert.Single(refused));
    }

    [Fact]
    public void A_plugin_cannot_ask_for_more_than_the_host_allows()
    {
        var limits = Golden.For(new ManifestLimits { MaxBatchRows = 100, MaxQueueDelayMs = 60_000 });

        Assert.Equal(4, limits.MaxRows);
        Assert.Equal(TimeSpan.FromSeconds(1), limits.MaxQueueDelay);
    }

    [Fact]
    public async Task Shared_cases()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(SharedData.Folder("platform"), "batcher_cases.json"), TestContext.Current.CancellationToken);
        foreach (var item in JsonDocument.Parse(text).RootElement.EnumerateArray())
        {
            await RunAsync(item);
        }
    }

    [Fact]
    public async Task Request_whose_deadline_passed_is_dropped_before_it_costs_anything()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden with { MaxQueueDelay = TimeSpan.Zero });
        lanes.Arrive(1, 0, rows: 4);
        lanes.Arrive(2, 1, timeoutMs: 12);
        lanes.Arrive(3, 1, timeoutMs: 13);

        // The executor is free at 14: 13 after their arrival, which is more than 12 and not more than 13.
        var refused = await lanes.RunAsync(3);

        Assert.Equal(new Dictionary<int, ErrorCode> { [2] = ErrorCode.DeadlineExceeded }, refused);
        Assert.Equal(["1 (4) @ 0-14", "3 (1) @ 14-25"], lanes.Batches);
        Assert.Equal(new ServingCounters(2, 1, 5, 2), lanes.Counters);
    }

    [Fact]
    public async Task Full_queue_refuses_and_running_requests_do_not_count()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden with { MaxQueueDelay = TimeSpan.Zero, MaxRequests = 2 });
        lanes.Arrive(1, 0);
        lanes.Arrive(2, 1);
        lanes.Arrive(3, 2);
        lanes.Arrive(4, 3);
        lanes.Arrive(5, 12);

        var refused = await lanes.RunAsync(5);

        Assert.Equal(new Dictionary<int, ErrorCode> { [4] = ErrorCode.QueueFull }, refused);
        Assert.Equal(["1 (1) @ 0-11", "2,3 (2) @ 11-23", "5 (1) @ 23-34"], lanes.Batches);
    }

    [Fact]
    public async Task Who_fills_the_queue_is_told_apart_from_who_finds_it_full()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden with { MaxQueueDelay = TimeSpan.Zero, MaxRequests = 4 });
        lanes.Arrive(1, 0, rows: 4, client: "greedy");
        for (var id = 2; id <= 4; id++)
        {
            lanes.Arrive(id, 1, client: "greedy");
        }

        lanes.Arrive(5, 2, client: "modest");
        lanes.Arrive(6, 3, client: "greedy");
        lanes.Arrive(7, 4, client: "modest");

        var refused = await lanes.RunAsync(7);

        Assert.Equal(new Dictionary<int, ErrorCode> { [6] = ErrorCode.RateLimited, [7] = ErrorCode.QueueFull }, refused);
    }

    [Fact]
    public async Task No_request_is_skipped_for_one_that_would_fit()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden);
        lanes.Arrive(1, 0, rows: 3);
        lanes.Arrive(2, 1, rows: 2);
        lanes.Arrive(3, 1, rows: 1);

        Assert.Empty(await lanes.RunAsync(3));

        // 2 closes the batch of 1 although 3 would fit into it.
        Assert.Equal(["1 (3) @ 1-14", "2,3 (3) @ 14-27"], lanes.Batches);
    }

    [Fact]
    public async Task Oldest_head_runs_first_when_several_lanes_are_due()
    {
        await using var lanes = await VirtualLanes.StartAsync(Golden with { MaxQueueDelay = TimeSpan.Zero });
        lanes.Arrive(1, 0, key: "a");
        lanes.Arrive(2, 1, key: "c");
        lanes.Arrive(3, 2, key: "b");
        lanes.Arrive(4, 2, key: "a");
        lanes.Arrive(5, 3, key: "c");

        Assert.Empty(await lanes.RunAsync(5));

        Assert.Equal(["1 (1) @ 0-11", "2,5 (2) @ 11-23", "3 (1) @ 23-34", "4 (1) @ 34-45"], lanes.Batches);
    }

    [Fact]
    public async Task Cancelled_request_leaves_its_batch_before_it_runs()
    {
        using var cancellation = new CancellationTokenSource();
        await using var lanes = await VirtualLanes.StartAsync(Golden);
        lanes.Arrive(1, 0, cancellationToken: cancellation.Token);
        lanes.Arrive(2, 1);
        lanes.At(3, cancellation.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lanes.RunAsync(2));

        // The head is 2 now, which waits its own delay.
        Assert.Equal(["2 (1) @ 6-17"], lanes.Batches);
    }

    private static async Task RunAsync(JsonElement item)
    {
        var name = item.GetProperty("name").GetString();
        var config = item.GetProperty("config");
        var limits = new BatchLimits
        {
            MaxRows = config.GetProperty("max_batch_rows").GetInt32(),
            MaxQueueDelay = TimeSpan.FromMilliseconds(config.GetProperty("max_queue_delay_ms").GetDouble()),
            MaxRequests = config.GetProperty("max_queue_requests").GetInt32(),
        };
        await using var lanes = await VirtualLanes.StartAsync(
            limits, config.GetProperty("exec_ms_fixed").GetDouble(), config.GetProperty("exec_ms_per_row").GetDouble());
        var requests = item.GetProperty("requests").EnumerateArray().ToArray();
        foreach (var request in requests)
        {
            lanes.Arrive(
                request.GetProperty("id").GetInt32(),
                request.GetProperty("t_ms").GetDouble(),
                request.GetProperty("rows").GetInt32(),
                request.GetProperty("key").GetString()!);
        }

        var refused = await lanes.RunAsync(requests.Length);

        var expected = item.GetProperty("expected");
        Assert.Equal(
            [name, .. expected.GetProperty("batches").EnumerateArray().Select(Shown)],
            [name, .. lanes.Batches]);
        Assert.Equal(
            expected.GetProperty("rejected").EnumerateArray().ToDictionary(entry => entry.GetProperty("id").GetInt32(), CodeOf),
            refused);
        var counters = expected.GetProperty("counters");
        Assert.Equal(
            new ServingCounters(
                counters.GetProperty("request_success").GetInt64(),
                counters.GetProperty("request_failure").GetInt64(),
                counters.GetProperty("inference_count").GetInt64(),
                counters.GetProperty("exec_count").GetInt64()),
            lanes.Counters);
    }

    private static string Shown(JsonElement batch)
    {
        var ids = string.Join(',', batch.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        var (start, end) = (batch.GetProperty("start_ms").GetDouble(), batch.GetProperty("end_ms").GetDouble());
        return FormattableString.Invariant($"{ids} ({batch.GetProperty("rows").GetInt32()}) @ {start}-{end}");
    }

    private static ErrorCode CodeOf(JsonElement rejection) => rejection.GetProperty("reason").GetString() switch
    {
        "too_many_rows" => ErrorCode.InvalidInput,
        "queue_full" => ErrorCode.QueueFull,
        "deadline" => ErrorCode.DeadlineExceeded,
        var reason => throw new InvalidDataException($"unknown reason '{reason}'"),
    };
}
