using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>Changes of plugins that depend on what the caller saw, and uploads that do not fit.</summary>
[Collection(nameof(Alone))]
public sealed class PluginUpdateTests(PluginLifecycleTests.OwnHost own) : IClassFixture<PluginLifecycleTests.OwnHost>
{
    private const string Plugin = "/api/v1/plugins/affine";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => own.Host.Client;

    [Fact]
    public async Task A_change_by_somebody_who_saw_an_older_state_is_refused_and_changes_nothing()
    {
        using var uploaded = await UploadAsync(Archive("affine"));
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        Assert.Equal(Plugin, uploaded.Headers.Location?.OriginalString);
        var seen = await TagAsync();

        using var off = await ChangeAsync(HttpMethod.Post, ":disable", seen);
        using var late = await ChangeAsync(HttpMethod.Post, ":reload", seen);
        using var lateDelete = await ChangeAsync(HttpMethod.Delete, string.Empty, seen);
        var stillOff = await Client.GetAsync(Plugin, HttpStatusCode.OK);
        using var on = await ChangeAsync(HttpMethod.Post, ":enable", off.Headers.ETag!.Tag);
        using var any = await ChangeAsync(HttpMethod.Post, ":reload", "*");
        using var gone = await ChangeAsync(HttpMethod.Delete, string.Empty, await TagAsync());

        Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        await AssertRefusedAsync(late);
        await AssertRefusedAsync(lateDelete);
        Assert.Equal("Disabled", stillOff.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, on.StatusCode);
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await Client.GetAsync(Plugin, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_upload_for_another_base_is_a_conflict()
    {
        var manifest = """
            {
              "id": "affine", "version": "9.0.0", "main": "Telecom.Fixtures.Affine.dll", "contract": "1.0", "targetFramework": "net10.0",
              "tasks": [ { "name": "affine", "kind": "predict", "title": "another base" }, { "name": "ramp", "kind": "dataset", "title": "rows" } ],
              "requires": { "base": { "family": "llama", "hidden": 4096 } }
            }
            """;

        using var response = await UploadAsync(Archive("affine", manifest));

        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.True(response.StatusCode == HttpStatusCode.Conflict, problem.GetRawText());
        Assert.Equal("base_incompatible", problem.GetProperty("code").GetString());
        Assert.Contains("4096", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response)
    {
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Equal("precondition_failed", problem.GetProperty("code").GetString());
    }

    private static byte[] Archive(string fixture, string? manifest = null)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "fixtures", fixture)))
            {
                if (manifest is not null && Path.GetFileName(file) == "plugin.json")
                {
                    using var entry = zip.CreateEntry("plugin.json").Open();
                    entry.Write(Encoding.UTF8.GetBytes(manifest));
                    continue;
                }

                zip.CreateEntryFromFile(file, Path.GetFileName(file));
            }
        }

        return stream.ToArray();
    }

    private async Task<string> TagAsync()
    {
        using var response = await Client.GetAsync(new Uri(Plugin, UriKind.Relative), Token);
        return response.Headers.ETag!.Tag;
    }

    private async Task<HttpResponseMessage> ChangeAsync(HttpMethod method, string verb, string tag)
    {
        using var request = new HttpRequestMessage(method, new Uri(Plugin + verb, UriKind.Relative));
        request.Headers.Add("If-Match", tag);
        return await Client.SendAsync(request, Token);
    }

    private async Task<HttpResponseMessage> UploadAsync(byte[] zip)
    {
        using var content = new ByteArrayContent(zip);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return await Client.PostAsync(new Uri("/api/v1/plugins", UriKind.Relative), content, Token);
    }
}
