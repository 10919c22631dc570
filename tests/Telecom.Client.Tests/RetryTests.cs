using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Telecom.Client.OpenInference;
using Telecom.Client.Predictions;
using Telecom.Client.Tests.Support;

namespace Telecom.Client.Tests;

/// <summary>What is sent again and when, against answers that a script gives and a clock that a test moves.</summary>
public sealed class RetryTests
{
    private const string Answer =
        """{"id":"01890a5d-ac96-774b-bcce-b302099a8057","task":"t","method":"m","createdAt":"2030-01-02T03:04:05Z","elapsedMs":1,"output":{"rate_hz":5,"steps":[]}}""";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly List<DateTimeOffset> sentAt = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public enum Call
    {
        List,
        Remove,
        Pin,
        Predict,
        PredictWithKey,
        Infer,
        Repository,
        Reload,
        Ready,
    }

    [Theory]
    [InlineData(Call.List, HttpStatusCode.ServiceUnavailable, true, true)]
    [InlineData(Call.List, HttpStatusCode.ServiceUnavailable, false, true)]
    [InlineData(Call.List, HttpStatusCode.TooManyRequests, true, true)]
    [InlineData(Call.List, HttpStatusCode.BadGateway, false, true)]
    [InlineData(Call.List, HttpStatusCode.GatewayTimeout, false, true)]
    [InlineData(Call.List, HttpStatusCode.InternalServerError, false, false)]
    [InlineData(Call.List, HttpStatusCode.NotFound, false, false)]
    [InlineData(Call.Remove, HttpStatusCode.ServiceUnavailable, true, true)]
    [InlineData(Call.Pin, HttpStatusCode.BadGateway, false, true)]
    [InlineData(Call.Predict, HttpStatusCode.ServiceUnavailable, true, false)]
    [InlineData(Call.Predict, HttpStatusCode.TooManyRequests, true, false)]
    [InlineData(Call.Predict, HttpStatusCode.BadGateway, false, false)]
    [InlineData(Call.PredictWithKey, HttpStatusCode.ServiceUnavailable, true, true)]
    [InlineData(Call.PredictWithKey, HttpStatusCode.BadGateway, false, true)]
    [InlineData(Call.Infer, HttpStatusCode.ServiceUnavailable, true, true)]
    [InlineData(Call.Infer, HttpStatusCode.TooManyRequests, true, true)]
    [InlineData(Call.Infer, HttpStatusCode.ServiceUnavailable, false, false)]
    [InlineData(Call.Infer, HttpStatusCode.BadGateway, true, false)]
    [InlineData(Call.Repository, HttpStatusCode.ServiceUnavailable, true, true)]
    [InlineData(Call.Reload, HttpStatusCode.ServiceUnavailable, true, false)]
    [InlineData(Call.Ready, HttpStatusCode.ServiceUnavailable, true, false)]
    public async Task A_refused_call_is_sent_again_where_that_changes_nothing_twice(Call call, HttpStatusCode status, bool asksToWait, bool isRepeated)
    {
        await using var served = Served(() => Refusal(status, asksToWait ? new(TimeSpan.FromSeconds(2)) : null));

        var failure = await Assert.ThrowsAsync<TelecomApiException>(() => PassTimeAsync(SendAsync(served.Client, call)));

        Assert.Equal(isRepeated ? 4 : 1, sentAt.Count);
        Assert.Equal(status, failure.StatusCode);
        if (isRepeated && asksToWait)
        {
            Assert.Equal([0, 2, 4, 6], sentAt.Select(at => (at - sentAt[0]).TotalSeconds));
        }
    }

    [Theory]
    [InlineData(Call.List, true)]
    [InlineData(Call.PredictWithKey, true)]
    [InlineData(Call.Predict, false)]
    [InlineData(Call.Infer, false)]
    [InlineData(Call.Ready, false)]
    public async Task A_lost_connection_is_tried_again_where_that_changes_nothing_twice(Call call, bool isRepeated)
    {
        await using var served = Served(() => throw new HttpRequestException("connection reset"));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => PassTimeAsync(SendAsync(served.Client, call)));

        Assert.Equal(isRepeated ? 4 : 1, sentAt.Count);
        Assert.IsType<HttpRequestException>(failure);
    }

    [Fact]
    public async Task A_call_that_succeeds_later_is_answered()
    {
        await using var served = Served(() => sentAt.Count < 3 ? Refusal(HttpStatusCode.ServiceUnavailable, new(TimeSpan.FromSeconds(1))) : Ok(Answer));
        var task = served.Client.Task("t", HeadJson.Default.HeadRequest, HeadJson.Default.HeadForecast);

        var answer = await PassTimeAsync(task.PredictAsync(new([], null), new() { IdempotencyKey = "k1" }, Token));

        Assert.Equal(5, answer.Output.RateHz);
        Assert.Equal(3, served.Recording.Sent.Count);
        Assert.All(served.Recording.Sent, sent => Assert.Equal("k1", sent.Headers["Idempotency-Key"]));
        Assert.All(served.Recording.Sent, sent => Assert.Equal("""{"samples":[]}"""u8.ToArray(), sent.Body));
    }

    [Fact]
    public async Task The_tensors_of_an_inference_are_sent_again_whole()
    {
        await using var served = Served(() => Refusal(HttpStatusCode.TooManyRequests, new(TimeSpan.FromSeconds(1))));

        await Assert.ThrowsAsync<TelecomApiException>(() => PassTimeAsync(SendAsync(served.Client, Call.Infer)));

        Assert.Equal(4, served.Recording.Sent.Count);
        Assert.All(served.Recording.Sent, sent => Assert.Equal(served.Recording.Sent[0].Body, sent.Body));
    }

    [Fact]
    public async Task A_date_to_retry_after_is_waited_for()
    {
        await using var served = Served(() => Refusal(HttpStatusCode.ServiceUnavailable, new(time.Start.AddSeconds(7))));

        await Assert.ThrowsAsync<TelecomApiException>(() => PassTimeAsync(SendAsync(served.Client, Call.List)));

        Assert.Equal([0, 7, 7, 7], sentAt.Select(at => (at - sentAt[0]).TotalSeconds));
    }

    [Fact]
    public async Task A_wait_longer_than_allowed_is_left_to_the_caller()
    {
        await using var served = Served(() => Refusal(HttpStatusCode.ServiceUnavailable, new(TimeSpan.FromSeconds(31))));

        var failure = await Assert.ThrowsAsync<TelecomApiException>(() => PassTimeAsync(SendAsync(served.Client, Call.List)));

        Assert.Single(sentAt);
        Assert.Equal(TimeSpan.FromSeconds(31), failure.RetryAfter);
    }

    [Fact]
    public async Task Waits_without_advice_grow()
    {
        await using var served = Served(() => Refusal(HttpStatusCode.BadGateway, null), options => options.MaxRetries = 6);

        await Assert.ThrowsAsync<TelecomApiException>(() => PassTimeAsync(SendAsync(served.Client, Call.List)));

        // Jittered around 0.25 s · 2^n: six waits take about 16 s altogether, and never as little as without doubling.
        Assert.Equal(7, sentAt.Count);
        Assert.InRange((sentAt[^1] - sentAt[0]).TotalSeconds, 3, 64);
    }

    [Fact]
    public async Task A_call_ends_after_its_time_with_all_retries()
    {
        await using var served = Served(
            () => Refusal(HttpStatusCode.ServiceUnavailable, new(TimeSpan.FromSeconds(4))), options => options.Timeout = TimeSpan.FromSeconds(6));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => PassTimeAsync(SendAsync(served.Client, Call.List)));

        Assert.Equal(2, sentAt.Count);
        Assert.Contains("/api/v1/tasks", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_retries_means_one_try()
    {
        await using var served = Served(() => Refusal(HttpStatusCode.ServiceUnavailable, new(TimeSpan.Zero)), options => options.MaxRetries = 0);

        await Assert.ThrowsAsync<TelecomApiException>(() => PassTimeAsync(SendAsync(served.Client, Call.List)));

        Assert.Single(sentAt);
    }

    private static HttpResponseMessage Refusal(HttpStatusCode status, RetryConditionHeaderValue? retryAfter)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent("not JSON") };
        response.Headers.RetryAfter = retryAfter;
        return response;
    }

    private static HttpResponseMessage Ok(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, null, "application/json") };

    private static async Task SendAsync(TelecomClient client, Call call)
    {
        var task = client.Task("t", HeadJson.Default.HeadRequest, HeadJson.Default.HeadForecast);
        using var tensors = new InferenceRequest().Add<float>("x", [1, 2], [1, 2]);
        await (call switch
        {
            Call.List => client.Api.ListTasksAsync(null, null, Token),
            Call.Remove => client.Api.RemovePluginAsync("p", null, Token),
            Call.Pin => client.Api.PinAdapterAsync("a", Token),
            Call.Predict => task.PredictAsync(new([], null), PredictionSettings.Default, Token),
            Call.PredictWithKey => task.PredictAsync(new([], null), new() { IdempotencyKey = "k1" }, Token),
            Call.Infer => client.Inference.InferAsync("t", tensors, Token),
            Call.Repository => client.Inference.ListRepositoryAsync(onlyReady: true, Token),
            Call.Reload => client.Api.ReloadPluginAsync("p", null, Token),
            Call.Ready => client.Api.GetReadyAsync(Token),
            _ => throw new ArgumentOutOfRangeException(nameof(call)),
        });
    }

    private ServedClient Served(Func<HttpResponseMessage> answer, Action<TelecomClientOptions>? configure = null) => ServedClient.Of(
        _ =>
        {
            sentAt.Add(time.GetUtcNow());
            return answer();
        },
        time,
        configure);

    // The clock runs in steps of a quarter second for as long as the call waits.
    private async Task<T> PassTimeAsync<T>(Task<T> call)
    {
        await PassTimeAsync((Task)call);
        return await call;
    }

    private async Task PassTimeAsync(Task call)
    {
        while (!call.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            for (var i = 0; i < 20 && !call.IsCompleted; i++)
            {
                await Task.Yield();
            }

            time.Advance(TimeSpan.FromSeconds(0.25));
        }

        await call;
    }
}
