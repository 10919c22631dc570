using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Telecom.FunctionalTests;

/// <summary>What a host with narrow limits, and one with a bundle of another base, tells its callers.</summary>
public sealed class LimitTests(LimitTests.NarrowHost narrow) : IClassFixture<LimitTests.NarrowHost>
{
    private static readonly string Request = ViewportRequests.Of(Enumerable.Range(0, 10).Select(i => 3.0 * i), 20);

    private static readonly string OtherBase = new('0', 64);

    private HttpClient Client => narrow.Host.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_queue_is_refused_with_503_and_says_when_to_come_back()
    {
        // More requests at once than may wait while the first batch runs.
        using var content = new StringContent($"[{string.Join(',', Enumerable.Repeat(Request, 200))}]", Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync(new Uri($"{Http.Predictions}?method=network", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal("queue_full", JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!["code"]!.GetValue<string>());
        await Client.PostAsync($"{Http.Predictions}?method=network", Request);
    }

    [Fact]
    public async Task A_request_that_waits_longer_than_it_allows_is_refused_with_504()
    {
        // The delay of the lane is longer than the patience of the request.
        var problem = await Client.PostAsync($"{Http.Predictions}?method=network&timeoutMs=1", Request, HttpStatusCode.GatewayTimeout);

        Assert.Equal("deadline_exceeded", problem.GetProperty("code").GetString());
        Assert.Contains("1 ms", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_of_another_base_is_refused_with_both_fingerprints()
    {
        var models = await Client.GetAsync("/api/v1/models", HttpStatusCode.OK);
        var adapted = models.GetProperty("items").EnumerateArray()
            .Single(model => (model.GetProperty("task").GetString(), model.GetProperty("method").GetString()) == ("viewport", "adapted"));
        var answer = await Client.PostAsync($"{Http.Predictions}?method=adapted", Request);

        Assert.Equal("faulted", adapted.GetProperty("status").GetString());
        Assert.Contains(OtherBase, adapted.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(narrow.Host.Runtime.Status.BaseFingerprint!, adapted.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("hold", answer.GetProperty("fallback").GetString());
    }

    public sealed class NarrowHost : IAsyncLifetime
    {
        private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-limits-");

        public RunningHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var source = Path.Combine(AppContext.BaseDirectory, "plugins", "viewport", "model", "adapted");
            var bundle = Path.Combine(state.FullName, "bundles", "viewport", "adapted", "1");
            Directory.CreateDirectory(bundle);
            foreach (var file in Directory.GetFiles(source))
            {
                await File.WriteAllBytesAsync(Path.Combine(bundle, Path.GetFileName(file)), await File.ReadAllBytesAsync(file));
            }

            foreach (var (document, member) in new[] { ("card.json", "baseFingerprint"), ("adapter_config.json", "base_fingerprint") })
            {
                var path = Path.Combine(bundle, document);
                var json = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
                json[member] = OtherBase;
                await File.WriteAllTextAsync(path, json.ToJsonString());
            }

            Host = await RunningHost.StartAsync(state.FullName, ("Serving:MaxQueue", "4"), ("Serving:MaxQueueDelayMs", "20"));
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            state.Delete(recursive: true);
        }
    }
}
