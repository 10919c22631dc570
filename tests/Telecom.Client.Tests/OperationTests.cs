using System.Net;
using Telecom.Client.Api;
using Telecom.Client.Documents;
using Telecom.Client.Predictions;
using Telecom.Client.Tests.Support;
using Telecom.FunctionalTests.OpenInference;

namespace Telecom.Client.Tests;

/// <summary>Long work of a host that runs, and of one that a test plays.</summary>
public sealed class OperationTests(ProtocolHost host) : IClassFixture<ProtocolHost>, IAsyncDisposable
{
    private const string Task = "viewport";

    private readonly ServedClient served = ServedClient.Of(host);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITelecomApi Api => served.Client.Api;

    private TaskClient<HeadRequest, HeadForecast> Viewport =>
        served.Client.Task(Task, HeadJson.Default.HeadRequest, HeadJson.Default.HeadForecast);

    public ValueTask DisposeAsync() => served.DisposeAsync();

    [Fact]
    public async Task Predictions_that_were_started_are_followed_to_their_answers()
    {
        var started = await Viewport.StartAsync([.. Enumerable.Range(0, 40).Select(Still)], new() { Method = "hold" }, Token);
        var events = await Api.FollowOperationAsync(started.Id, 0, Token).ToListAsync(Token);
        var rest = await Api.FollowOperationAsync(started.Id, events[0].Id, Token).ToListAsync(Token);
        var nothing = await Api.FollowOperationAsync(started.Id, events[^1].Id, Token).ToListAsync(Token);
        var ended = await Api.WaitForOperationAsync(started.Id, null, Token);

        Assert.Equal("prediction", started.Kind);
        Assert.Equal("result", events[^1].Type);
        Assert.True(events[^1].IsLast);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(id => (long)id), events.Select(change => change.Id));
        Assert.Equal(events.Skip(1).Select(change => change.Id), rest.Select(change => change.Id));
        Assert.Empty(nothing);
        Assert.Equal(("succeeded", 100.0), (ended.Status, ended.Percent));
        Assert.Equal(Enumerable.Range(0, 40).Select(yaw => (float)yaw), Viewport.ReadResult(ended).Select(answer => answer.Output.Steps[0].Yaw));
        Assert.Contains((await Api.ListOperationsAsync(500, null, Token)).Items, operation => operation.Id == started.Id && operation.Result is null);
    }

    [Fact]
    public async Task A_wrong_request_of_an_operation_names_its_members()
    {
        var started = await Viewport.StartAsync([Still(0), Still(1) with { Steps = 101 }], PredictionSettings.Default, Token);

        var failure = await Assert.ThrowsAsync<TelecomApiException>(() => Api.WaitForOperationAsync(started.Id, null, Token));

        Assert.Equal("invalid_input", failure.Code);
        Assert.Equal("/1/steps", Assert.Single(failure.Errors).Pointer);
        Assert.NotNull(failure.TraceId);
    }

    [Fact]
    public async Task An_operation_is_cancelled()
    {
        // Rows of the learned method with twenty steps each: some milliseconds a row, half a minute in all.
        var started = await Viewport.StartAsync(Enumerable.Repeat(Still(1) with { Steps = 20 }, 5_000), new() { Method = "adapted" }, Token);

        await Api.CancelOperationAsync(started.Id, Token);
        var failure = await Assert.ThrowsAsync<TelecomApiException>(() => Api.WaitForOperationAsync(started.Id, null, Token));

        Assert.Equal("cancelled", failure.Code);
        Assert.Equal("cancelled", (await Api.GetOperationAsync(started.Id, Token)).Status);
    }

    [Fact]
    public async Task An_evaluation_reports_progress_and_ends_with_its_report()
    {
        var stages = new List<string>();
        var started = await Api.StartEvaluationAsync(Task, new NewEvaluation { Methods = ["hold"] }, "evaluation-1", Token);
        var again = await Api.StartEvaluationAsync(Task, new NewEvaluation { Methods = ["hold"] }, "evaluation-1", Token);

        var ended = await Api.WaitForOperationAsync(started.Id, new Collected(stages), Token);

        Assert.Equal(started.Id, again.Id);
        Assert.Equal("hold", ended.Result!.Value.GetProperty("methods")[0].GetProperty("method").GetString());
        Assert.Equal("result", stages[^1]);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Assert.Equal("not_found", (await Assert.ThrowsAsync<TelecomApiException>(() => Api.GetOperationAsync("none", Token))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<TelecomApiException>(() => Api.WaitForOperationAsync("none", null, Token))).Code);
    }

    [Fact]
    public async Task A_broken_stream_is_continued_where_it_ended()
    {
        string[] streams =
        [
            "id: 1\nevent: progress\ndata: {\"percent\":1}\n\n: heartbeat\n\nid: 2\nevent: log\ndata: {\"mess",
            "id: 2\nevent: log\ndata: {\"message\":\"half\"}\n\n",
            "id: 3\nevent: result\ndata: {\"y\":1}\n\n",
        ];
        var opened = 0;
        await using var scripted = ServedClient.Of(_ => new(HttpStatusCode.OK) { Content = new StringContent(streams[opened++], null, "text/event-stream") });

        var events = await scripted.Client.Api.FollowOperationAsync("o", 0, Token).ToListAsync(Token);

        Assert.Equal([(1L, "progress"), (2L, "log"), (3L, "result")], events.Select(change => (change.Id, change.Type)));
        Assert.Equal([null, "1", "2"], scripted.Recording.Sent.Select(sent => sent.Headers.GetValueOrDefault("Last-Event-ID")));
    }

    [Fact]
    public async Task A_stream_that_never_says_anything_is_given_up()
    {
        await using var scripted = ServedClient.Of(_ => new(HttpStatusCode.OK) { Content = new StringContent(": heartbeat\n\n", null, "text/event-stream") });

        var failure = await Assert.ThrowsAsync<TelecomApiException>(() => scripted.Client.Api.WaitForOperationAsync("o", null, Token));

        Assert.Equal(TelecomApiException.UnreadableAnswer, failure.Code);
        Assert.Equal(3, scripted.Recording.Sent.Count);
    }

    private static HeadRequest Still(int yaw) => new([.. Enumerable.Range(0, 10).Select(step => new HeadSample(step * 0.2, 0, 0, yaw))], 3);

    private sealed class Collected(List<string> types) : IProgress<OperationEvent>
    {
        public void Report(OperationEvent value) => types.Add(value.Type);
    }
}
