using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Telecom.Host.Rest.Operations;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Training;

namespace Telecom.Host.Tests.Rest;

public sealed class OperationServiceTests : IAsyncLifetime
{
    private static readonly OperationKind Single = new("single", 1);
    private static readonly OperationKind Many = new("many", 100);
    private static readonly ReadOnlyMemory<byte> Done = "{}"u8.ToArray();

    private readonly FakeTimeProvider time = new();
    private OperationService service = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        service = new(new() { MaxActive = 4, MaxActiveBytes = 1000, MaxEnded = 3, MaxEndedBytes = 1000, MaxEvents = 4 }, time, NullLogger<OperationService>.Instance);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Operations_of_a_kind_that_runs_singly_wait_for_their_turn()
    {
        var release = new TaskCompletionSource();
        var first = service.Start(Single, "me", 100, _ => WaitAsync(release.Task));
        await StateAsync(first, "running");
        var second = service.Start(Single, "me", 100, _ => WaitAsync(Task.CompletedTask));
        var other = service.Start(Many, "me", 100, _ => WaitAsync(Task.CompletedTask));
        await EndAsync(other);

        Assert.Equal("notStarted", second.Describe(withResult: true).Status);
        release.SetResult();
        await EndAsync(second);

        Assert.Equal("succeeded", second.Describe(withResult: true).Status);
    }

    [Fact]
    public async Task One_more_than_may_be_active_is_refused_until_one_has_ended()
    {
        var release = new TaskCompletionSource();
        var operations = Enumerable.Range(0, 4).Select(_ => service.Start(Many, "me", 100, _ => WaitAsync(release.Task))).ToList();

        var refusal = Assert.Throws<TelecomException>(() => service.Start(Many, "me", 100, _ => WaitAsync(release.Task)));
        release.SetResult();
        foreach (var operation in operations)
        {
            await EndAsync(operation);
        }

        Assert.Equal(ErrorCode.QueueFull, refusal.Code);
    }

    [Fact]
    public async Task Requests_that_are_too_large_together_are_refused_but_one_alone_never()
    {
        var release = new TaskCompletionSource();
        var large = service.Start(Many, "me", 5000, _ => WaitAsync(release.Task));
        var refusal = Assert.Throws<TelecomException>(() => service.Start(Many, "me", 1, _ => WaitAsync(release.Task)));
        release.SetResult();
        await EndAsync(large);
        await EndAsync(service.Start(Many, "me", 1000, _ => WaitAsync(Task.CompletedTask)));

        Assert.Equal(ErrorCode.QueueFull, refusal.Code);
    }

    [Fact]
    public async Task One_that_waits_is_cancelled_without_having_run()
    {
        var release = new TaskCompletionSource();
        var first = service.Start(Single, "me", 100, _ => WaitAsync(release.Task));
        await StateAsync(first, "running");
        var hasRun = false;
        var second = service.Start(Single, "me", 100, _ =>
        {
            hasRun = true;
            return WaitAsync(Task.CompletedTask);
        });

        second.Cancel();
        await EndAsync(second);
        release.SetResult();
        await EndAsync(first);

        Assert.Equal("cancelled", second.Describe(withResult: true).Status);
        Assert.False(hasRun);
    }

    [Fact]
    public async Task What_has_ended_is_shown_for_an_hour()
    {
        var operation = service.Start(Many, "me", 100, _ => WaitAsync(Task.CompletedTask));
        await EndAsync(operation);

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Same(operation, service.Find("me", operation.Id.ToString()));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(ErrorCode.NotFound, Assert.Throws<TelecomException>(() => service.Find("me", operation.Id.ToString())).Code);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(400, 2)]
    public async Task Only_the_latest_ends_are_kept_and_no_more_than_fit(int resultBytes, int kept)
    {
        var operations = new List<Operation>();
        for (var i = 0; i < 5; i++)
        {
            operations.Add(service.Start(Many, "me", 100, _ => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes("1".PadLeft(resultBytes)))));
            await EndAsync(operations[^1]);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(operations[^kept..].Select(operation => operation.Id), service.Of("me").Select(operation => operation.Id).Order());
    }

    [Fact]
    public async Task Another_caller_sees_nothing_of_it()
    {
        var operation = service.Start(Many, "me", 100, _ => WaitAsync(Task.CompletedTask));
        await EndAsync(operation);

        Assert.Empty(service.Of("you"));
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<TelecomException>(() => service.Find("you", operation.Id.ToString())).Code);
    }

    [Fact]
    public async Task A_failure_of_plugin_code_does_not_show_what_it_was()
    {
        var operation = service.Start(Many, "me", 100, _ => throw new InvalidOperationException("/secret/path"));
        await EndAsync(operation);

        var document = operation.Describe(withResult: true);
        Assert.Equal("failed", document.Status);
        Assert.Equal("unexpected", document.Error!.Code);
        Assert.DoesNotContain("secret", document.Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_of_one_stage_are_thinned_out_but_never_its_end()
    {
        var operation = service.Start(Many, "me", 100, operation =>
        {
            for (var done = 1; done <= 1000; done++)
            {
                operation.Report(new("counting", done, 1000));
            }

            operation.Report(new("writing", 0, 0));
            return WaitAsync(Task.CompletedTask);
        });
        await EndAsync(operation);

        var events = await operation.Events.NextAsync(0, Token);
        Assert.Equal(
            ["""{"percent":0.1,"stage":"counting","done":1,"total":1000}""",
             """{"percent":100,"stage":"counting","done":1000,"total":1000}""",
             """{"percent":100,"stage":"writing","done":0,"total":0}""",
             "{}"],
            events.Select(entry => Encoding.UTF8.GetString(entry.Data.Span)));
    }

    [Fact]
    public async Task A_reader_who_comes_late_gets_the_latest_events_and_always_the_last()
    {
        var operation = service.Start(Many, "me", 100, operation =>
        {
            for (var line = 1; line <= 9; line++)
            {
                operation.Log("line");
            }

            return WaitAsync(Task.CompletedTask);
        });
        await EndAsync(operation);

        var events = await operation.Events.NextAsync(0, Token);

        Assert.Equal([7L, 8, 9, 10], events.Select(entry => entry.Id));
        Assert.Equal("result", events[^1].Type);
    }

    [Fact]
    public async Task A_silent_stream_carries_a_comment_every_15_seconds()
    {
        var events = new OperationEvents(4);
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Response.Body = body;
        var writing = OperationStream.WriteAsync(context.Response, events, 0, time, Token);
        Assert.Equal(string.Empty, Encoding.UTF8.GetString(body.ToArray()));

        time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(0, body.Length);
        time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => body.Length > 0);
        events.Add("result", "{\"a\":1}"u8.ToArray(), isLast: true);
        await writing;

        Assert.Equal(": heartbeat\n\nid: 1\nevent: result\ndata: {\"a\":1}\n\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Fact]
    public async Task A_result_with_line_ends_stays_one_event()
    {
        var operation = service.Start(Many, "me", 100, _ => Task.FromResult<ReadOnlyMemory<byte>>("{\r\n \"a\": \"x\\ny\" }"u8.ToArray()));
        await EndAsync(operation);

        var data = (await operation.Events.NextAsync(0, Token))[^1].Data;

        Assert.DoesNotContain((byte)'\n', data.ToArray());
        Assert.Equal("x\ny", JsonDocument.Parse(data).RootElement.GetProperty("a").GetString());
    }

    private static async Task<ReadOnlyMemory<byte>> WaitAsync(Task release)
    {
        await release;
        return Done;
    }

    // Until no event follows any more.
    private static async Task EndAsync(Operation operation)
    {
        for (long after = 0; await operation.Events.NextAsync(after, Token) is { Count: > 0 } events;)
        {
            after = events[^1].Id;
        }
    }

    private static Task StateAsync(Operation operation, string state) => UntilAsync(() => operation.Describe(withResult: false).Status == state);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Token);
        }
    }
}
