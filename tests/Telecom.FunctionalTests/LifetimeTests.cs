using System.Net;
using Telecom.Sdk.Errors;

namespace Telecom.FunctionalTests;

public sealed class LifetimeTests : IDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-lifetime-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopping_stores_what_was_answered_and_a_second_start_finds_it()
    {
        string id;
        string cursor;
        await using (var first = await RunningHost.StartAsync(state.FullName))
        {
            var requests = Enumerable.Range(0, 20).Select(i => ViewportRequests.Of([0, i]));
            await first.Client.PostAsync($"{Http.Predictions}?method=hold", $"[{string.Join(',', requests)}]");
            cursor = (await first.Client.GetAsync("/api/v1/predictions?limit=5", HttpStatusCode.OK)).GetProperty("nextCursor").GetString()!;
            var last = await first.Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
            id = last.GetProperty("id").GetString()!;
            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await RunningHost.StartAsync(state.FullName);

        await second.Client.GetAsync($"/api/v1/predictions/{id}", HttpStatusCode.OK);
        var rest = await second.Client.GetAsync($"/api/v1/predictions?cursor={cursor}", HttpStatusCode.OK);
        Assert.Equal(15, rest.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_damaged_store_keeps_the_host_from_starting_with_one_line()
    {
        await File.WriteAllTextAsync(Path.Combine(state.FullName, "telecom.db"), new string('x', 5000), Token);
        await using var error = new StringWriter();

        var exitCode = await ServeAsync("http://127.0.0.1:0", state.FullName, error);

        Assert.Equal(5, exitCode);
        Assert.Contains("telecom.db is damaged", OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_keeps_the_host_from_starting_with_one_line()
    {
        await using var first = await RunningHost.StartAsync(Path.Combine(state.FullName, "first"));
        await using var error = new StringWriter();

        var exitCode = await ServeAsync(first.Client.BaseAddress!.ToString(), Path.Combine(state.FullName, "second"), error);

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_folder_that_is_refused_does_not_keep_the_others_from_serving()
    {
        var bad = Directory.CreateDirectory(Path.Combine(state.FullName, "user-plugins", "bad"));
        await File.WriteAllTextAsync(Path.Combine(bad.FullName, "plugin.json"), "{", Token);

        await using var host = await RunningHost.StartAsync(state.FullName);

        var plugins = await host.Client.GetAsync("/api/v1/plugins", HttpStatusCode.OK);
        var refused = plugins.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == "bad");
        Assert.Equal("Rejected", refused.GetProperty("state").GetString());
        Assert.Equal(ErrorCode.ManifestInvalid.WireName(), refused.GetProperty("code").GetString());
        await host.Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
    }

    public void Dispose() => state.Delete(recursive: true);

    private static Task<int> ServeAsync(string url, string stateFolder, StringWriter error) =>
        RunningHost.Run(["serve", "--urls", url, "--state", stateFolder], TextWriter.Null, error, string.Empty, Token);

    private static string OneLine(StringWriter error) =>
        Assert.Single(error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
}
