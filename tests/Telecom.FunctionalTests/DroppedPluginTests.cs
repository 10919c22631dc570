using System.Net;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>A host whose user dropped one good plugin and several bad ones into the plugin folder before the start.</summary>
public sealed class DroppedPluginTests(DroppedPluginTests.DroppedPlugins dropped) : IClassFixture<DroppedPluginTests.DroppedPlugins>
{
    private HttpClient Client => dropped.Host.Client;

    [Fact]
    public async Task Good_plugin_is_listed_and_answers()
    {
        var task = await Client.GetAsync("/api/v1/tasks/affine", HttpStatusCode.OK);
        var answer = await Client.PostAsync("/api/v1/tasks/affine/predictions", """{"x":[1,-2.5,0,0.5]}""");

        Assert.Equal("affine", task.GetProperty("default").GetString());
        var output = answer.GetProperty("output");
        Assert.Equal([3.0, -4.0, 1.0, 2.0], output.GetProperty("y").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(-1.0, output.GetProperty("s").GetDouble());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("fallback").ValueKind);
    }

    [Fact]
    public async Task Good_plugin_validates_through_its_own_rules()
    {
        var problem = await Client.PostAsync("/api/v1/tasks/affine/predictions", """{"x":[1,2]}""", HttpStatusCode.BadRequest);

        Assert.Equal("/x", problem.GetProperty("errors")[0].GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task Good_plugin_appears_in_the_OpenAPI_document()
    {
        var document = await Client.GetAsync("/openapi/v1.json", HttpStatusCode.OK);

        var operation = document.GetProperty("paths").GetProperty("/api/v1/tasks/affine/predictions").GetProperty("post");
        Assert.Contains("four numbers", operation.GetRawText() + document.GetProperty("components").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("future-contract", "shared_version_conflict", "2.0.0.0")]
    [InlineData("no-exports", "no_exports", "exports")]
    [InlineData("broken", "manifest_invalid", "plugin.json")]
    public async Task Bad_plugin_is_rejected_with_its_cause(string id, string code, string cause)
    {
        var plugins = await Client.GetAsync("/api/v1/plugins", HttpStatusCode.OK);

        var plugin = plugins.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == id);
        Assert.Equal("Rejected", plugin.GetProperty("state").GetString());
        Assert.Equal(code, plugin.GetProperty("code").GetString());
        Assert.Contains(cause, plugin.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_party_plugins_serve_beside_the_rejected_ones()
    {
        var ready = await Client.GetAsync("/health/ready", HttpStatusCode.OK);
        var answer = await Client.PostAsync(Http.Predictions + "?method=hold", ViewportRequests.Of([10, 20, 30]));

        Assert.True(ready.GetProperty("ready").GetBoolean());
        Assert.Equal(30.0, answer.GetProperty("output").GetProperty("steps")[0].GetProperty("yaw").GetDouble());
    }

    public sealed class DroppedPlugins : IAsyncLifetime
    {
        private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-dropped-");

        public RunningHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var folder = state.CreateSubdirectory("user-plugins");
            foreach (var fixture in (string[])["affine", "future-contract", "no-exports"])
            {
                Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", fixture), folder.CreateSubdirectory(fixture).FullName);
            }

            var broken = folder.CreateSubdirectory("broken");
            await File.WriteAllTextAsync(Path.Combine(broken.FullName, "plugin.json"), """{ "id": "broken", """);
            Host = await RunningHost.StartAsync(state.FullName);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            state.Delete(recursive: true);
        }

        private static void Copy(string source, string destination)
        {
            foreach (var file in Directory.EnumerateFiles(source))
            {
                File.Copy(file, Path.Combine(destination, Path.GetFileName(file)));
            }
        }
    }
}
