using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>Requests that are sent more than once under one key.</summary>
[Collection(nameof(Alone))]
public sealed class IdempotencyTests(PluginLifecycleTests.OwnHost own) : IClassFixture<PluginLifecycleTests.OwnHost>
{
    private const string Hold = Http.Predictions + "?method=hold";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => own.Host.Client;

    [Fact]
    public async Task Twenty_parallel_predictions_with_one_key_are_one_prediction()
    {
        const string Address = Http.Predictions + "?method=linear-regression-unwrap";
        var answers = await ParallelAsync(() => Json(ViewportRequests.Of([10, 20])), Address);

        AssertOnceOrInFlight(answers, HttpStatusCode.OK);
        var stored = await Client.GetAsync("/api/v1/predictions?method=linear-regression-unwrap", HttpStatusCode.OK);
        Assert.Single(stored.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Twenty_parallel_uploads_with_one_key_install_one_plugin()
    {
        var zip = Archive("affine");
        var answers = await ParallelAsync(
            () => new ByteArrayContent(zip) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } }, "/api/v1/plugins");

        AssertOnceOrInFlight(answers, HttpStatusCode.Created);
        var events = await Client.GetAsync("/api/v1/plugins/events?limit=500", HttpStatusCode.OK);
        Assert.Single(
            events.GetProperty("items").EnumerateArray(),
            step => step.GetProperty("plugin").GetString() == "affine" && step.GetProperty("to").GetString() == "Active");
    }

    [Fact]
    public async Task Twenty_parallel_asynchronous_posts_with_one_key_start_one_operation()
    {
        var answers = await ParallelAsync(() => Json(ViewportRequests.Of([10, 20])), Hold, "respond-async");

        AssertOnceOrInFlight(answers, HttpStatusCode.Accepted);
        var operations = await Client.GetAsync("/api/v1/operations?limit=500", HttpStatusCode.OK);
        Assert.Single(operations.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task An_answer_is_given_again_after_a_restart()
    {
        var state = Directory.CreateTempSubdirectory("telecom-restart-");
        try
        {
            string first;
            await using (var host = await RunningHost.StartAsync(state.FullName))
            {
                using var answer = await SendAsync(host.Client, Hold, "restart", Json(ViewportRequests.Of([10, 20])));
                first = await answer.Content.ReadAsStringAsync(Token);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            await using var restarted = await RunningHost.StartAsync(state.FullName);
            using var again = await SendAsync(restarted.Client, Hold, "restart", Json(ViewportRequests.Of([10, 20])));
            using var other = await SendAsync(restarted.Client, Hold, "restart", Json(ViewportRequests.Of([10, 21])));

            Assert.Equal(first, await again.Content.ReadAsStringAsync(Token));
            Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
            Assert.Contains("idempotency_mismatch", await other.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_request_that_was_refused_may_be_mended_under_its_key()
    {
        using var refused = await SendAsync(Client, Hold, "mended", Json("""{"samples":[]}"""));
        using var mended = await SendAsync(Client, Hold, "mended", Json(ViewportRequests.Of([10, 20])));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, mended.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_a_key_as_without()
    {
        using var refused = await SendAsync(Client, Hold, "large", Json(new string(' ', (32 << 20) + 1)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task Reading_takes_no_notice_of_a_key()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tasks");
        request.Headers.Add("Idempotency-Key", "reading");
        using var response = await Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // Some come while the first is worked on, the others after it.
    private static void AssertOnceOrInFlight(List<(HttpStatusCode Status, JsonElement Body)> answers, HttpStatusCode success)
    {
        Assert.Equal(20, answers.Count);
        Assert.Single(answers.Where(answer => answer.Status == success).Select(answer => answer.Body.GetProperty("id").GetString()).Distinct());
        Assert.All(answers.Where(answer => answer.Status != success), answer =>
        {
            Assert.Equal(HttpStatusCode.Conflict, answer.Status);
            Assert.Equal("idempotency_in_flight", answer.Body.GetProperty("code").GetString());
        });
    }

    private async Task<List<(HttpStatusCode Status, JsonElement Body)>> ParallelAsync(Func<HttpContent> content, string address, string? preference = null)
    {
        var key = Guid.NewGuid().ToString();
        var posts = Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await SendAsync(Client, address, key, content(), preference);
            return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement);
        });
        return [.. await Task.WhenAll(posts)];
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string address, string key, HttpContent content, string? preference = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative));
        request.Content = content;
        request.Headers.Add("Idempotency-Key", key);
        if (preference is not null)
        {
            request.Headers.Add("Prefer", preference);
        }

        return await client.SendAsync(request, Token);
    }

    private static byte[] Archive(string fixture)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "fixtures", fixture)))
            {
                zip.CreateEntryFromFile(file, Path.GetFileName(file));
            }
        }

        return stream.ToArray();
    }
}
