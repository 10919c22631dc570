using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests;

public sealed class PredictionTests(HostFixture fixture)
{
    private HttpClient Client => fixture.Host.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Rising => ViewportRequests.Of(Enumerable.Range(0, 10).Select(i => 1.0 * i), 20);

    [Fact]
    public async Task One_request_gives_the_promised_envelope()
    {
        var before = TimeProvider.System.GetUtcNow();

        var answer = await Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([10, 20]));

        Assert.Equal(
            ["id", "task", "method", "bundle", "base", "adapter", "createdAt", "elapsedMs", "output", "fallback"],
            answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(7, answer.GetProperty("id").GetGuid().Version);
        Assert.Equal("viewport", answer.GetProperty("task").GetString());
        Assert.Equal("hold", answer.GetProperty("method").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("bundle").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("base").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("fallback").ValueKind);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", answer.GetProperty("createdAt").GetString());
        Assert.InRange(answer.GetProperty("createdAt").GetDateTimeOffset(), before.AddMilliseconds(-1), TimeProvider.System.GetUtcNow());
        Assert.InRange(answer.GetProperty("elapsedMs").GetDouble(), 0, 60_000);
        Assert.Equal(3, answer.GetProperty("output").GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task The_default_method_answers_when_none_is_named()
    {
        var task = await Client.GetAsync("/api/v1/tasks/viewport", HttpStatusCode.OK);

        var answer = await Client.PostAsync(Http.Predictions, task.GetProperty("example").GetRawText());

        Assert.Equal(task.GetProperty("default").GetString(), answer.GetProperty("method").GetString());
    }

    [Theory]
    [InlineData("adapted", "nano")]
    [InlineData("network", null)]
    public async Task An_answer_of_a_learned_method_names_its_weights(string method, string? baseName)
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method={method}", Rising);

        Assert.Equal("0", answer.GetProperty("bundle").GetString());
        Assert.Equal(baseName, answer.GetProperty("base").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("fallback").ValueKind);
        Assert.Equal(20, answer.GetProperty("output").GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task An_answer_does_not_depend_on_what_else_is_asked_at_the_time()
    {
        var requests = Enumerable.Range(0, 64)
            .Select(i => ViewportRequests.Of(Enumerable.Range(0, 10).Select(step => Math.Round(0.01 * i * step, 2)), 20))
            .ToList();
        var alone = await Client.PostAsync($"{Http.Predictions}?method=adapted", requests[7]);

        var together = await Client.PostAsync($"{Http.Predictions}?method=adapted", $"[{string.Join(',', requests)}]");

        // Rows of one batch are independent up to the order of float32 sums in matrix products: 1e-3 degrees of angles up to 180.
        Assert.Equal(20, Yaws(together[7]).Count);
        Assert.All(Yaws(alone).Zip(Yaws(together[7])), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public async Task An_array_is_answered_in_order(int count)
    {
        var body = $"[{string.Join(',', Enumerable.Range(0, count).Select(i => ViewportRequests.Of([0, i % 180], 1)))}]";

        var answers = await Client.PostAsync($"{Http.Predictions}?method=hold", body);

        Assert.Equal(
            Enumerable.Range(0, count).Select(i => (double)(i % 180)),
            answers.EnumerateArray().Select(answer => answer.GetProperty("output").GetProperty("steps")[0].GetProperty("yaw").GetDouble()));
        Assert.Equal(count, answers.EnumerateArray().Select(answer => answer.GetProperty("id").GetGuid()).Distinct().Count());
    }

    [Fact]
    public async Task Errors_of_an_array_name_the_index()
    {
        var bad = """{"samples":[{"t":0,"roll":0,"pitch":99,"yaw":0},{"t":0.2,"roll":0,"pitch":0,"yaw":0}]}""";

        var good = ViewportRequests.Of([0, 1]);

        var problem = await Client.PostAsync($"{Http.Predictions}?method=hold", $"[{good},{bad},{good},{bad}]", HttpStatusCode.BadRequest);

        var errors = problem.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(
            ["/1/samples/0/pitch", "/3/samples/0/pitch"],
            errors.Select(error => error.GetProperty("pointer").GetString()));
        Assert.All(errors, error => Assert.Contains("99", error.GetProperty("detail").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_array_with_more_than_ten_thousand_requests_is_refused() =>
        await Client.PostAsync(Http.Predictions, $"[{string.Join(',', Enumerable.Repeat("{}", 10_001))}]", HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("/api/v1/tasks/nope/predictions", "nope")]
    [InlineData("/api/v1/tasks/viewport/predictions?method=nope", "hold")]
    public async Task An_unknown_name_is_refused_with_404_that_lists_what_exists(string address, string named)
    {
        var problem = await Client.PostAsync(address, ViewportRequests.Of([0, 1]), HttpStatusCode.NotFound);

        Assert.Equal("not_found", problem.GetProperty("code").GetString());
        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Another_content_type_is_refused_with_415(string contentType)
    {
        var problem = await Client.PostAsync(Http.Predictions, ViewportRequests.Of([0, 1]), HttpStatusCode.UnsupportedMediaType, contentType);

        Assert.Equal("unsupported_media_type", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_body_above_32_MiB_is_refused_with_413()
    {
        var problem = await Client.PostAsync(Http.Predictions, new string(' ', (32 << 20) + 1), HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("payload_too_large", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_wrong_http_method_is_refused_with_405()
    {
        using var response = await Client.DeleteAsync(new Uri("/api/v1/tasks", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("method_not_allowed", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_site_that_names_this_machine_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tasks");
        request.Headers.Host = "elsewhere.example";

        using var response = await Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Answers_of_concurrent_callers_do_not_mix()
    {
        await Parallel.ForAsync(0, 200, Token, async (i, _) =>
        {
            var answer = await Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, i % 180], 1));
            Assert.Equal(i % 180, answer.GetProperty("output").GetProperty("steps")[0].GetProperty("yaw").GetDouble());
        });
    }

    [Fact]
    public async Task A_stored_prediction_is_found_by_its_id_with_its_request()
    {
        var request = ViewportRequests.Of([10, 20]);
        var answer = await Client.PostAsync($"{Http.Predictions}?method=hold", request);

        var stored = await Client.GetAsync($"/api/v1/predictions/{answer.GetProperty("id").GetString()}", HttpStatusCode.OK);

        Assert.Equal(request, stored.GetProperty("request").GetRawText());
        Assert.Equal(JsonValueKind.Null, stored.GetProperty("jobId").ValueKind);
        foreach (var member in answer.EnumerateObject())
        {
            Assert.Equal(member.Value.GetRawText(), stored.GetProperty(member.Name).GetRawText());
        }
    }

    [Theory]
    [InlineData("/api/v1/predictions/01959d8c-0000-7000-8000-000000000001")]
    [InlineData("/api/v1/predictions/nonsense")]
    public Task An_unknown_id_is_refused_with_404(string address) => Client.GetAsync(address, HttpStatusCode.NotFound);

    [Fact]
    public async Task Following_the_link_header_visits_every_stored_prediction_once_newest_first()
    {
        // No other test of this assembly uses this method.
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var answer = await Client.PostAsync($"{Http.Predictions}?method=damped-velocity", ViewportRequests.Of([0, i]));
            made.Add(answer.GetProperty("id").GetString()!);
        }

        var seen = new List<string>();
        const string First = "/api/v1/predictions?task=viewport&method=damped-velocity&limit=3";
        for (var address = First; address is not null;)
        {
            using var response = await Client.GetAsync(new Uri(address, UriKind.Relative), Token);
            var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            var link = response.Headers.TryGetValues("Link", out var values) ? Assert.Single(values) : null;
            var cursor = page.GetProperty("nextCursor").GetString();
            Assert.Equal(cursor is null ? null : $"<{First}&cursor={cursor}>; rel=\"next\"", link);
            address = link?.Split('<', '>')[1];
        }

        made.Reverse();
        Assert.Equal(made, seen);
    }

    [Fact]
    public async Task A_time_range_bounds_the_list()
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method=linear-regression", ViewportRequests.Of([0, 1]));
        var time = answer.GetProperty("createdAt").GetDateTimeOffset();

        const string List = "/api/v1/predictions?method=linear-regression";
        var inside = await Client.GetAsync($"{List}&from={Format(time)}&to={Format(time.AddMicroseconds(1))}", HttpStatusCode.OK);
        var before = await Client.GetAsync($"{List}&to={Format(time)}", HttpStatusCode.OK);

        Assert.Equal(answer.GetProperty("id").GetString(), Assert.Single(inside.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Empty(before.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("limit=0", "/limit")]
    [InlineData("limit=501", "/limit")]
    [InlineData("limit=x", "/limit")]
    [InlineData("from=yesterday", "/from")]
    [InlineData("from=2026-02-02&to=2026-02-01", "/to")]
    [InlineData("jobId=1", "/jobId")]
    [InlineData("cursor=AAAA", "/cursor")]
    public async Task A_wrong_query_parameter_is_refused_with_its_name(string query, string pointer)
    {
        var problem = await Client.GetAsync($"/api/v1/predictions?{query}", HttpStatusCode.BadRequest);

        Assert.Equal(pointer, Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task A_body_with_a_byte_order_mark_is_tolerated()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(ViewportRequests.Of([0, 1]))]);
        content.Headers.ContentType = new("application/json");

        using var response = await Client.PostAsync(new Uri($"{Http.Predictions}?method=hold", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static List<double> Yaws(JsonElement answer) =>
        [.. answer.GetProperty("output").GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("yaw").GetDouble())];

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
