using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Telecom.FunctionalTests;

/// <summary>The executable as other machines reach it.</summary>
public sealed partial class AccessTests : IDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-network-");
    private readonly List<Process> processes = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_the_network_every_documented_route_needs_a_key_and_the_first_one_is_told_at_the_start()
    {
        var (client, key) = await StartAsync();
        using var stranger = client;
        using var admin = new HttpClient { BaseAddress = client.BaseAddress };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var document = JsonDocument.Parse(await admin.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token));

        var routes = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, Method: operation.Name)))
            .Where(route => !route.Path.StartsWith("/health/", StringComparison.Ordinal))
            .ToList();

        Assert.Contains((Http.Predictions, "post"), routes);
        foreach (var (path, method) in routes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(Parameter().Replace(path, "x"), UriKind.Relative));
            using var response = await stranger.SendAsync(request, Token);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {(int)response.StatusCode}");
        }

        await stranger.GetAsync("/health/ready", HttpStatusCode.OK);
        await admin.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
        await admin.GetAsync("/v2/models/viewport", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_quota_counts_rows_of_both_interfaces()
    {
        await using var host = await RunningHost.StartAsync(state.FullName);
        using var content = new StringContent("""{"name":"few","scopes":["predict"],"rowsPerDay":3}""", Encoding.UTF8, "application/json");
        using var created = await host.Client.PostAsync(new Uri("/api/v1/apikeys", UriKind.Relative), content, Token);
        var key = JsonDocument.Parse(await created.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("key").GetString()!;
        using var client = new HttpClient { BaseAddress = host.Client.BaseAddress, DefaultRequestHeaders = { { "X-Api-Key", key } } };
        var request = ViewportRequests.Of([0, 1]);

        await client.PostAsync($"{Http.Predictions}?method=hold", $"[{request},{request}]");
        Assert.Equal(HttpStatusCode.OK, await InferAsync(client));
        Assert.Equal(HttpStatusCode.TooManyRequests, await InferAsync(client));
        var problem = await client.PostAsync($"{Http.Predictions}?method=hold", request, HttpStatusCode.TooManyRequests);

        Assert.Equal("rate_limited", problem.GetProperty("code").GetString());
        var quota = await client.GetAsync("/api/v1/quotas/me", HttpStatusCode.OK);
        Assert.Equal((3, 0), (quota.GetProperty("rowsUsed").GetInt32(), quota.GetProperty("rowsLeft").GetInt32()));
    }

    [Fact]
    public async Task On_this_machine_strangers_predict_over_both_interfaces_and_change_nothing()
    {
        await using var host = await RunningHost.StartAsync(state.FullName);
        using var stranger = new HttpClient { BaseAddress = host.Client.BaseAddress };

        await stranger.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
        Assert.Equal(HttpStatusCode.OK, await InferAsync(stranger));
        var problem = await stranger.SendAsync(HttpMethod.Post, "/api/v1/plugins/viewport:disable", HttpStatusCode.Unauthorized);

        Assert.Contains("plugins.admin", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await stranger.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        state.Delete(recursive: true);
    }

    private static async Task<HttpStatusCode> InferAsync(HttpClient client)
    {
        const string Body =
            """{"parameters":{"method":"hold"},"inputs":[{"name":"history","shape":[1,2,3],"datatype":"FP32","data":[1,2,3,10,20,30]}]}""";
        using var content = new StringContent(Body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v2/models/viewport/infer", UriKind.Relative), content, Token);
        return response.StatusCode;
    }

    private async Task<(HttpClient Client, string Key)> StartAsync()
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "telecom.dll"), "serve", "--urls", "http://0.0.0.0:0", "--state", state.FullName];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        processes.Add(process);
        string? key = null;
        while (key is null && await process.StandardError.ReadLineAsync(Token) is { } line)
        {
            key = line.StartsWith("The first key", StringComparison.Ordinal) ? line.Split(' ')[^1] : null;
        }

        var listening = await process.StandardOutput.ReadLineAsync(Token);
        var address = listening!.Split(' ')[2].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        return (new() { BaseAddress = new Uri(address) }, key!);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
