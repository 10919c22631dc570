using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Telecom.FunctionalTests;

public sealed class StateTests(HostFixture fixture)
{
    private HttpClient Client => fixture.Host.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_answers()
    {
        var live = await Client.GetAsync("/health/live", HttpStatusCode.OK);

        Assert.True(live.GetProperty("live").GetBoolean());
    }

    [Fact]
    public async Task Ready_names_device_and_base()
    {
        var ready = await Client.GetAsync("/health/ready", HttpStatusCode.OK);

        Assert.True(ready.GetProperty("ready").GetBoolean());
        Assert.Equal("nano", ready.GetProperty("base").GetString());
        Assert.StartsWith("c", ready.GetProperty("device").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_show_methods_default_schemas_example_and_datasets()
    {
        var list = await Client.GetAsync("/api/v1/tasks", HttpStatusCode.OK);
        var single = await Client.GetAsync("/api/v1/tasks/viewport", HttpStatusCode.OK);

        var task = list.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == "viewport");
        Assert.Equal(single.GetRawText(), task.GetRawText());
        var methods = task.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("id").GetString()).ToList();
        string[] promised =
        [
            "hold", "damped-velocity", "velocity", "velocity-unwrap", "linear-regression", "linear-regression-unwrap", "network", "adapted",
        ];
        Assert.Subset(methods.ToHashSet(), new HashSet<string?>(promised));
        Assert.Contains(task.GetProperty("default").GetString(), methods);
        Assert.Equal("deg", Pitch(task.GetProperty("requestSchema")).GetProperty("unit").GetString());
        Assert.Contains("jin2022", task.GetProperty("datasets").EnumerateArray().Select(dataset => dataset.GetString()));
    }

    [Fact]
    public async Task Schema_is_that_of_requests_and_answers()
    {
        var schema = await Client.GetAsync("/api/v1/tasks/viewport/schema", HttpStatusCode.OK);

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.GetProperty("request").GetProperty("$schema").GetString());
        Assert.True(schema.GetProperty("response").GetProperty("properties").TryGetProperty("steps", out _));
    }

    [Theory]
    [InlineData("/api/v1/tasks/nope")]
    [InlineData("/api/v1/tasks/nope/schema")]
    [InlineData("/api/v1/nope")]
    [InlineData("/errors/nope")]
    public Task What_does_not_exist_is_refused_with_404(string address) => Client.GetAsync(address, HttpStatusCode.NotFound);

    [Fact]
    public async Task Plugins_are_active()
    {
        var plugins = await Client.GetAsync("/api/v1/plugins", HttpStatusCode.OK);

        var states = plugins.GetProperty("items").EnumerateArray()
            .ToDictionary(item => item.GetProperty("id").GetString()!, item => item.GetProperty("state").GetString());
        Assert.Equal("Active", states["viewport"]);
        Assert.Equal("Active", states["viewport-datasets"]);
    }

    [Fact]
    public async Task Datasets_state_their_licence_and_source()
    {
        var datasets = await Client.GetAsync("/api/v1/datasets", HttpStatusCode.OK);

        Assert.All(datasets.GetProperty("items").EnumerateArray(), dataset =>
        {
            Assert.NotEqual(string.Empty, dataset.GetProperty("licence").GetString());
            Assert.NotEqual(string.Empty, dataset.GetProperty("source").GetString());
        });
    }

    [Fact]
    public async Task Models_list_every_learned_method()
    {
        var models = await Client.GetAsync("/api/v1/models", HttpStatusCode.OK);

        var learned = models.GetProperty("items").EnumerateArray()
            .Where(model => model.GetProperty("task").GetString() == "viewport")
            .Select(model => model.GetProperty("method").GetString());
        Assert.Equal(["adapted", "network"], learned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Error_codes_explain_themselves()
    {
        var problem = await Client.GetAsync("/api/v1/tasks/nope", HttpStatusCode.NotFound);

        var kind = await Client.GetAsync(problem.GetProperty("type").GetString()!, HttpStatusCode.OK);

        Assert.Equal(404, kind.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Open_api_has_one_concrete_path_per_task_with_schemas_and_example()
    {
        using var response = await Client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token);
        var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var predict = document.GetProperty("paths").GetProperty(Http.Predictions).GetProperty("post");
        var content = predict.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
        Assert.Equal("#/components/schemas/viewport.request", content.GetProperty("schema").GetProperty("oneOf")[0].GetProperty("$ref").GetString());
        Assert.Equal("array", content.GetProperty("schema").GetProperty("oneOf")[1].GetProperty("type").GetString());
        Assert.True(content.GetProperty("example").TryGetProperty("samples", out _));
        var pitch = Pitch(schemas.GetProperty("viewport.request"));
        Assert.Equal(-90, pitch.GetProperty("minimum").GetDouble());
        Assert.Equal("deg", pitch.GetProperty("x-unit").GetString());
        var output = schemas.GetProperty("viewport.prediction").GetProperty("properties").GetProperty("output");
        Assert.Equal("#/components/schemas/viewport.answer", output.GetProperty("$ref").GetString());
        Assert.True(schemas.GetProperty("viewport.answer").GetProperty("properties").TryGetProperty("steps", out _));
        Assert.True(schemas.GetProperty("ProblemDocument").GetProperty("properties").TryGetProperty("errors", out _));
        var methods = predict.GetProperty("parameters")[0].GetProperty("schema").GetProperty("enum");
        Assert.Contains("hold", methods.EnumerateArray().Select(value => value.GetString()));
    }

    [Theory]
    [InlineData("/api/v1/tasks")]
    [InlineData("/api/v1/tasks/{task}")]
    [InlineData("/api/v1/tasks/{task}/schema")]
    [InlineData("/api/v1/predictions")]
    [InlineData("/api/v1/predictions/{id}")]
    [InlineData("/api/v1/plugins")]
    [InlineData("/api/v1/datasets")]
    [InlineData("/api/v1/models")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Open_api_describes(string path)
    {
        using var response = await Client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token);
        var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;

        Assert.True(document.GetProperty("paths").GetProperty(path).TryGetProperty("get", out _));
    }

    [Fact]
    public async Task The_start_page_leads_to_the_interface()
    {
        var page = await Client.GetStringAsync(new Uri("/", UriKind.Relative), Token);

        Assert.Contains("/openapi/v1.json", page, StringComparison.Ordinal);
        Assert.Contains("/api/v1/tasks/viewport", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_curl_line_of_the_greeting_works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The line is quoted for a POSIX shell.");
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "curl"))), "curl is not installed.");
        var line = fixture.Host.Greeting[1]["Try: ".Length..];

        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);

        Assert.Equal(0, shell.ExitCode);
        Assert.True(JsonDocument.Parse(output).RootElement.TryGetProperty("output", out _));
    }

    private static JsonElement Pitch(JsonElement requestSchema) =>
        requestSchema.GetProperty("properties").GetProperty("samples").GetProperty("items").GetProperty("properties").GetProperty("pitch");
}
