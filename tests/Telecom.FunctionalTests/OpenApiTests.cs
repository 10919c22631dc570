using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Telecom.FunctionalTests;

/// <summary>The descriptions of the interfaces: complete, and as committed.</summary>
public sealed partial class OpenApiTests(HostFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => fixture.Host.Client;

    [Theory]
    [InlineData("v1")]
    [InlineData("oip")]
    public async Task The_committed_description_is_that_of_the_host(string name)
    {
        var committed = Path.Combine(RepositoryRoot(), "docs", "openapi", name + ".json");
        var served = await Client.GetStringAsync(new Uri($"/openapi/{name}.json", UriKind.Relative), Token);

        Assert.True(
            File.Exists(committed) && (await File.ReadAllTextAsync(committed, Token)).TrimEnd() == served.ReplaceLineEndings("\n").TrimEnd(),
            $"docs/openapi/{name}.json is not what the host describes. If the change of the interface is meant, write it anew and commit it: "
            + "dotnet run --project host/Telecom.Host -c Release -- openapi --out docs/openapi");
    }

    [Theory]
    [InlineData("v1", 30)]
    [InlineData("oip", 14)]
    public async Task Every_operation_is_described_completely(string name, int atLeast)
    {
        var document = await Client.GetAsync($"/openapi/{name}.json", HttpStatusCode.OK);
        var operations = Operations(document).ToList();

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.True(operations.Count >= atLeast, $"{operations.Count} operations are too few.");
        Assert.Equal(operations.Count, operations.Select(operation => operation.Body.GetProperty("operationId").GetString()).Distinct().Count());
        foreach (var (address, body) in operations)
        {
            Assert.True(body.GetProperty("summary").GetString()!.Length > 10, $"{address} has no summary.");
            AssertParameters(address, body);
            AssertAnswers(address, body, document);
        }
    }

    [Fact]
    public async Task The_reference_page_needs_nothing_from_elsewhere()
    {
        using var page = await Client.GetAsync(new Uri("/docs/", UriKind.Relative), Token);
        var html = await page.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("//", html, StringComparison.Ordinal);
        Assert.Contains("openapi/v1.json", html, StringComparison.Ordinal);
        Assert.Contains("openapi/oip.json", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'self'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        var scripts = Script().Matches(html).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            using var answer = await Client.GetAsync(new Uri($"/docs/{script}", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static void AssertParameters(string address, JsonElement operation)
    {
        var parameters = operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [];
        Assert.All(parameters, parameter =>
        {
            Assert.True(parameter.TryGetProperty("description", out _), $"{address}: a parameter has no description: {parameter.GetRawText()}");
            Assert.True(parameter.TryGetProperty("schema", out _), $"{address}: a parameter has no schema: {parameter.GetRawText()}");
        });
        var named = parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()!);
        Assert.Equal(PathParameter().Matches(address).Select(match => match.Groups[1].Value).Order(), named.Order());
    }

    private static void AssertAnswers(string address, JsonElement operation, JsonElement document)
    {
        var answers = operation.GetProperty("responses").EnumerateObject().ToList();
        Assert.True(answers.Exists(answer => answer.Name.StartsWith('2')), $"{address} never succeeds.");
        Assert.True(answers.Exists(answer => answer.Name is "default"), $"{address} is never refused.");
        var bodies = answers.Select(answer => Resolve(answer.Value, document)).ToList();
        if (operation.TryGetProperty("requestBody", out var request))
        {
            bodies.Add(request);
        }

        foreach (var (type, content) in bodies.SelectMany(Contents))
        {
            Assert.True(content.TryGetProperty("schema", out _), $"{address}: {type} has no schema.");
            Assert.True(type != "application/json" || content.TryGetProperty("example", out _), $"{address}: {type} has no example.");
        }
    }

    private static JsonElement Resolve(JsonElement answer, JsonElement document) => answer.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("responses").GetProperty(reference.GetString()!.Split('/')[^1])
        : answer;

    private static IEnumerable<(string Type, JsonElement Content)> Contents(JsonElement body) =>
        body.TryGetProperty("content", out var contents) ? contents.EnumerateObject().Select(content => (content.Name, content.Value)) : [];

    private static IEnumerable<(string Address, JsonElement Body)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name} {path.Name}", operation.Value);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Telecom.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie within the repository.");
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Script();
}
