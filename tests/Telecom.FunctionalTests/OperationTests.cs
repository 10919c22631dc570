using System.Net;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>Work that goes on behind the caller's back, and how he follows it.</summary>
public sealed class OperationTests(HostFixture fixture)
{
    private const string Operations = "/api/v1/operations";

    private HttpClient Client => fixture.Host.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Rows of the learned method with twenty steps each: some milliseconds a row, a minute and more in all.
    private static string Long => $"[{string.Join(',', Enumerable.Repeat(ViewportRequests.Of(Enumerable.Range(0, 10).Select(step => 1.0 * step), 20), 10_000))}]";

    [Fact]
    public async Task An_asynchronous_prediction_ends_with_the_answer_of_a_synchronous_one()
    {
        using var accepted = await StartAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([10, 20]));
        var started = await ReadAsync(accepted);
        var address = accepted.Headers.Location!.OriginalString;

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal($"{Operations}/{started.GetProperty("id").GetString()}", address);
        Assert.Equal(TimeSpan.FromSeconds(1), accepted.Headers.RetryAfter?.Delta);
        Assert.Equal("respond-async", Assert.Single(accepted.Headers.GetValues("Preference-Applied")));
        Assert.Equal("prediction", started.GetProperty("kind").GetString());

        await EventsAsync(address);
        var ended = await Client.GetAsync(address, HttpStatusCode.OK);
        Assert.Equal("succeeded", ended.GetProperty("status").GetString());
        Assert.Equal(100, ended.GetProperty("percent").GetDouble());
        var result = ended.GetProperty("result");
        Assert.Equal(20.0, result.GetProperty("output").GetProperty("steps")[0].GetProperty("yaw").GetDouble());
        Assert.False(ended.TryGetProperty("error", out _));

        var stored = await Client.GetAsync($"/api/v1/predictions/{result.GetProperty("id").GetString()}", HttpStatusCode.OK);
        Assert.Equal(result.GetProperty("output").GetRawText(), stored.GetProperty("output").GetRawText());
        var listed = (await Client.GetAsync($"{Operations}?limit=500", HttpStatusCode.OK)).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("id").GetString() == started.GetProperty("id").GetString());
        Assert.Equal("succeeded", listed.GetProperty("status").GetString());
        Assert.False(listed.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Events_report_progress_and_end_with_the_result_and_a_reader_continues_where_he_was()
    {
        var body = $"[{string.Join(',', Enumerable.Repeat(ViewportRequests.Of([0, 1]), 40))}]";
        using var accepted = await StartAsync($"{Http.Predictions}?method=hold", body);
        var address = accepted.Headers.Location!.OriginalString;

        var events = await EventsAsync(address);
        var rest = await EventsAsync(address, events[0].Id);
        using var nothing = await FollowAsync(address, events[^1].Id);
        using var nonsense = await FollowAsync(address, "last");

        Assert.Equal(Enumerable.Range(1, events.Count).Select(id => FormattableString.Invariant($"{id}")), events.Select(entry => entry.Id));
        Assert.All(events.SkipLast(1), entry => Assert.Equal("progress", entry.Type));
        var last = events[^2].Data;
        Assert.Equal((100.0, 40, 40), (last.GetProperty("percent").GetDouble(), last.GetProperty("done").GetInt32(), last.GetProperty("total").GetInt32()));
        Assert.Equal("result", events[^1].Type);
        Assert.Equal(40, events[^1].Data.GetArrayLength());
        Assert.Equal(events.Skip(1).Select(entry => entry.Id), rest.Select(entry => entry.Id));
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
    }

    [Fact]
    public async Task Cancelling_stops_the_work_and_tells_the_readers()
    {
        using var accepted = await StartAsync(Http.Predictions, Long);
        var address = accepted.Headers.Location!.OriginalString;
        var events = EventsAsync(address);

        using var cancelled = await Client.DeleteAsync(new Uri(address, UriKind.Relative), Token);
        var last = (await events)[^1];
        var operation = await Client.GetAsync(address, HttpStatusCode.OK);
        using var again = await Client.DeleteAsync(new Uri(address, UriKind.Relative), Token);

        Assert.Contains(cancelled.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.OK });
        Assert.Equal("error", last.Type);
        Assert.Equal("cancelled", last.Data.GetProperty("code").GetString());
        Assert.Equal("cancelled", operation.GetProperty("status").GetString());
        Assert.InRange(operation.GetProperty("percent").GetDouble(), 0, 99.9);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_request_that_is_wrong_fails_with_the_problem_that_it_would_have_been_refused_with()
    {
        using var accepted = await StartAsync(Http.Predictions, """{"samples":[{"t":0,"roll":0,"pitch":99,"yaw":0}]}""");
        var last = (await EventsAsync(accepted.Headers.Location!.OriginalString))[^1];
        var operation = await Client.GetAsync(accepted.Headers.Location!.OriginalString, HttpStatusCode.OK);

        var error = operation.GetProperty("error");
        Assert.Equal("failed", operation.GetProperty("status").GetString());
        Assert.Equal(400, error.GetProperty("status").GetInt32());
        Assert.Equal("/samples/0/pitch", error.GetProperty("errors")[0].GetProperty("pointer").GetString());
        Assert.Equal("error", last.Type);
        Assert.Equal(error.GetRawText(), last.Data.GetRawText());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/events")]
    public async Task An_operation_that_does_not_exist_is_not_found(string method, string part)
    {
        foreach (var id in new[] { "nonsense", "01959d8c-0000-7000-8000-000000000001" })
        {
            await Client.SendAsync(new HttpMethod(method), $"{Operations}/{id}{part}", HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task An_evaluation_reports_the_methods_that_were_asked_for()
    {
        using var accepted = await StartAsync("/api/v1/tasks/viewport/evaluations", """{"methods":["hold","velocity"],"seed":3}""");
        var events = await EventsAsync(accepted.Headers.Location!.OriginalString);

        Assert.True(events[^1].Type == "result", events[^1].Data.GetRawText());
        var report = events[^1].Data;
        Assert.Equal(["hold", "velocity"], report.GetProperty("methods").EnumerateArray().Select(row => row.GetProperty("method").GetString()));
        Assert.All(report.GetProperty("methods").EnumerateArray(), row => Assert.Equal("ok", row.GetProperty("status").GetString()));
        var scored = events.Where(entry => entry.Type == "progress" && entry.Data.GetProperty("stage").GetString() == "scoring").ToList();
        Assert.Equal(100, scored[^1].Data.GetProperty("percent").GetDouble());
        Assert.Equal(2 * report.GetProperty("cases").GetInt32(), scored[^1].Data.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"data":"/etc"}""", "/data")]
    [InlineData("""{"methods":["hold","nope"]}""", "/methods/1")]
    [InlineData("""{"settings":{"bundle":"/etc"}}""", "/settings/bundle")]
    [InlineData("""{"seed":"x"}""", "/seed")]
    [InlineData("""{"sead":1}""", "/sead")]
    public async Task An_evaluation_that_is_wrong_is_refused_at_once(string body, string pointer)
    {
        var problem = await Client.PostAsync("/api/v1/tasks/viewport/evaluations", body, HttpStatusCode.BadRequest);

        Assert.Equal(pointer, Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task An_array_that_takes_longer_than_its_caller_waits_is_answered_later()
    {
        var state = Directory.CreateTempSubdirectory("telecom-patience-");
        try
        {
            await using var host = await RunningHost.StartAsync(state.FullName, ("Serving:PatienceMs", "0"));
            var body = $"[{string.Join(',', Enumerable.Repeat(ViewportRequests.Of([0, 1]), 64))}]";

            using var first = await SendAsync(host.Client, $"{Http.Predictions}?method=hold", body, null);
            using var second = await SendAsync(host.Client, $"{Http.Predictions}?method=hold", body, null);
            using var patient = await SendAsync(host.Client, $"{Http.Predictions}?method=hold", body, "wait=600");
            using var other = await SendAsync(host.Client, $"{Http.Predictions}?method=velocity", body, null);

            // The host learns from the first array how long one takes; of another method it knows nothing.
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
            Assert.False(second.Headers.Contains("Preference-Applied"));
            Assert.Equal(HttpStatusCode.OK, patient.StatusCode);
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_host_that_stops_ends_streams_and_work_at_once()
    {
        var state = Directory.CreateTempSubdirectory("telecom-stopping-");
        try
        {
            await using var host = await RunningHost.StartAsync(state.FullName);
            using var accepted = await SendAsync(host.Client, Http.Predictions, Long, "respond-async");
            using var request = new HttpRequestMessage(HttpMethod.Get, accepted.Headers.Location);
            using var stream = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

            var watch = System.Diagnostics.Stopwatch.StartNew();
            Assert.Equal(0, await host.StopAsync());

            // The web server alone would wait 30 s for open requests, and the work takes longer.
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private Task<HttpResponseMessage> StartAsync(string address, string body) => SendAsync(Client, address, body, "respond-async");

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string address, string body, string? preference)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (preference is not null)
        {
            request.Headers.Add("Prefer", preference);
        }

        return await client.SendAsync(request, Token);
    }

    private async Task<HttpResponseMessage> FollowAsync(string address, string? after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address + "/events", UriKind.Relative));
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    // Until the stream ends.
    private async Task<List<(string Id, string Type, JsonElement Data)>> EventsAsync(string address, string? after = null)
    {
        using var response = await FollowAsync(address, after);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return
        [
            .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(block => !block.StartsWith(':'))
                .Select(block => block.Split('\n'))
                .Select(lines => (lines[0]["id: ".Length..], lines[1]["event: ".Length..], JsonDocument.Parse(lines[2]["data: ".Length..]).RootElement)),
        ];
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
}
