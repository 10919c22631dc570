using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Sessions;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Tests.Sessions;

/// <summary>Requests of a session through a task server.</summary>
public sealed class SessionRequestTests
{
    [Fact]
    public async Task Each_request_sees_what_the_one_before_left()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await ServerAsync(host, new ListingTask());

        var first = await AskAsync(server, "new", 1);
        var other = await AskAsync(server, "new", 10);
        var second = await AskAsync(server, first.Session!, 2);
        var third = await AskAsync(server, first.Session!, 3);
        var alone = await AskAsync(server, null, 4);

        Assert.Equal([1], ToyHost.Numbers(first));
        Assert.Equal([1, 2], ToyHost.Numbers(second));
        Assert.Equal([1, 2, 3], ToyHost.Numbers(third));
        Assert.Equal([10], ToyHost.Numbers(other));
        Assert.Equal([4], ToyHost.Numbers(alone));
        Assert.Equal(first.Session, third.Session);
        Assert.NotEqual(first.Session, other.Session);
        Assert.Null(alone.Session);
    }

    [Fact]
    public async Task Requests_of_one_session_at_once_take_turns()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await ServerAsync(host, new ListingTask());
        var session = (await AskAsync(server, "new", 0)).Session!;

        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(x => AskAsync(server, session, x)));

        Assert.Equal(Enumerable.Range(2, 20), answers.Select(answer => ToyHost.Numbers(answer).Length).Order());
        var last = answers.Select(ToyHost.Numbers).MaxBy(numbers => numbers.Length)!;
        Assert.Equal(Enumerable.Range(0, 21).Select(x => (double)x), last.Order());
    }

    [Fact]
    public async Task A_refused_request_leaves_the_session_as_it_was()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await ServerAsync(host, new ListingTask());
        var session = (await AskAsync(server, "new", 1)).Session!;

        var exception = await Assert.ThrowsAsync<InvalidInputException>(() => AskAsync(server, session, -1));

        Assert.Equal("/x", Assert.Single(exception.Errors).Pointer);
        var next = await AskAsync(server, session, 2);
        Assert.Equal([1, 2], ToyHost.Numbers(next));
    }

    [Fact]
    public async Task Another_version_of_the_plugin_goes_on_with_the_sessions()
    {
        await using var host = await ToyHost.StartAsync();
        var session = (await AskAsync(await ServerAsync(host, new ListingTask()), "new", 1)).Session!;

        var next = await AskAsync(await ServerAsync(host, new ListingTask()), session, 2);

        Assert.Equal([1, 2], ToyHost.Numbers(next));
    }

    [Fact]
    public async Task Too_much_to_remember_is_the_plugins_fault()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await ServerAsync(host, new ListingTask { StateBytes = (1 << 20) + 1 });

        var exception = await Assert.ThrowsAsync<TelecomException>(() => AskAsync(server, "new", 1));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
    }

    [Fact]
    public async Task A_task_without_sessions_says_so()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await ServerAsync(host, ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAsync<InvalidInputException>(() => AskAsync(server, "new", 1));

        Assert.Equal("/session", Assert.Single(exception.Errors).Pointer);
    }

    private static Task<TaskServer> ServerAsync(ToyHost host, ITask task) => ServerAsync(host, (TaskDefinition<ToyRequest, ToyAnswer>)task.Define());

    private static async Task<TaskServer> ServerAsync(ToyHost host, TaskDefinition<ToyRequest, ToyAnswer> task)
    {
        var server = host.Server(task);
        await server.LoadModelsAsync(ToyHost.Token);
        return server;
    }

    private static Task<PredictionAnswer> AskAsync(TaskServer server, string? session, double x) => server.PredictAsync(
        new() { Session = session },
        JsonSerializer.SerializeToUtf8Bytes(ToyRequest.Of(x) with { X = [x, 0, 0] }, ToyJson.Default.ToyRequest),
        ToyHost.Token);

    /// <summary>Answers with all numbers of the session so far.</summary>
    [ExportTask("toy-sessions")]
    private sealed class ListingTask : TelecomTask<ToyRequest, ToyAnswer>
    {
        public int StateBytes { get; init; }

        protected override void Configure(TaskBuilder<ToyRequest, ToyAnswer> task) => task
            .Json(ToyJson.Default.ToyRequest, ToyJson.Default.ToyAnswer)
            .Method("list", "all numbers", new Listing())
            .Sessions(new Memory(StateBytes))
            .Example(new JsonObject { ["x"] = new JsonArray(1, 2, 3) });
    }

    private sealed class Listing : IMethod<ToyRequest, ToyAnswer>
    {
        public void Predict(ReadOnlySpan<ToyRequest> batch, Span<ToyAnswer> results)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                results[i] = new() { Y = batch[i].X.Length == 3 ? [batch[i].X[0]] : batch[i].X[3..] };
            }
        }
    }

    private sealed class Memory(int stateBytes) : ISessionMemory<ToyRequest, ToyAnswer>
    {
        public ToyRequest Resume(ToyRequest request, ReadOnlySpan<byte> state)
        {
            var known = state.IsEmpty ? [] : JsonSerializer.Deserialize(state, ToyJson.Default.ToyRequest)!.X;
            return request.X[0] >= 0
                ? request with { X = [0, 0, 0, .. known, request.X[0]] }
                : throw new InvalidInputException("/x", "must not be negative.");
        }

        public byte[] Remember(ToyRequest request, ToyAnswer answer) =>
            stateBytes > 0 ? new byte[stateBytes] : JsonSerializer.SerializeToUtf8Bytes(request with { X = answer.Y }, ToyJson.Default.ToyRequest);
    }
}
