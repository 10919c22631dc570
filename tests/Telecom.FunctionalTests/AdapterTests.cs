using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Telecom.FunctionalTests;

/// <summary>The adapter store and the registry over HTTP; adapters are copies of the shipped bundle's own.</summary>
public sealed class AdapterTests(HostFixture fixture)
{
    private const string Address = "/api/v1/models/adapters";
    private const string Configuration = "adapter_config.json";
    private const string Weights = "adapter_model.safetensors";

    private static readonly string Request = ViewportRequests.Of(Enumerable.Range(0, 10).Select(i => 3.0 * i));

    private HttpClient Client => fixture.Host.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_imported_adapter_answers_after_it_was_loaded()
    {
        Import("same", 1);
        var before = await PredictAsync("same", HttpStatusCode.NotFound);
        var loaded = await PutAsync("same", HttpStatusCode.OK);

        var own = await PredictAsync(null);
        var named = await PredictAsync("same");

        Assert.Equal("adapter_not_found", before.GetProperty("code").GetString());
        Assert.Equal(("resident", 1, true), (loaded.GetProperty("state").GetString(), loaded.GetProperty("version").GetInt32(), loaded.GetProperty("isCurrent").GetBoolean()));
        Assert.True(loaded.GetProperty("deviceBytes").GetInt64() > 0);
        Assert.Equal("viewport.adapted@0", own.GetProperty("adapter").GetString());
        Assert.Equal("same@1", named.GetProperty("adapter").GetString());
        Assert.Equal(own.GetProperty("output").GetRawText(), named.GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task A_new_version_takes_over_its_name()
    {
        Import("replaced", 1);
        await PutAsync("replaced", HttpStatusCode.OK);
        var first = await PredictAsync("replaced");
        Import("replaced", 2, configuration => configuration["lora_alpha"] = 0.5);

        var loaded = await PutAsync("replaced", HttpStatusCode.OK);
        var second = await PredictAsync("replaced");
        var gone = await PredictAsync("replaced@1", HttpStatusCode.NotFound);

        Assert.Equal(2, loaded.GetProperty("version").GetInt32());
        Assert.Equal(("replaced@1", "replaced@2"), (first.GetProperty("adapter").GetString(), second.GetProperty("adapter").GetString()));
        Assert.NotEqual(first.GetProperty("output").GetRawText(), second.GetProperty("output").GetRawText());
        Assert.Contains("version 2", gone.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(["2 resident"], (await ListAsync("replaced")).Select(Shown));
    }

    [Fact]
    public async Task A_bad_version_is_refused_with_all_problems_and_the_one_before_goes_on()
    {
        Import("spoilt", 1);
        await PutAsync("spoilt", HttpStatusCode.OK);
        Import("spoilt", 2, configuration =>
        {
            configuration["r"] = 65;
            configuration["base_fingerprint"] = new string('0', 64);
        });

        var problem = await PutAsync("spoilt", HttpStatusCode.UnprocessableEntity);

        Assert.Equal("adapter_invalid", problem.GetProperty("code").GetString());
        var detail = problem.GetProperty("detail").GetString();
        Assert.Contains("rank 65 is above the limit of 64", detail, StringComparison.Ordinal);
        Assert.Contains(new string('0', 64), detail, StringComparison.Ordinal);
        Assert.Contains(fixture.Host.Runtime.Status.BaseFingerprint!, detail, StringComparison.Ordinal);
        Assert.Equal(["1 resident", "2 faulted"], (await ListAsync("spoilt")).Select(Shown));
        Assert.Equal("spoilt@1", (await PredictAsync("spoilt")).GetProperty("adapter").GetString());
    }

    [Theory]
    [InlineData("misshapen", "is [32, 256], expected [16, 256]")]
    [InlineData("truncated", "truncated")]
    [InlineData("renamed", "layers.0.self_attn.k_proj.lora_A.weight' is missing")]
    public async Task A_damaged_adapter_is_refused_and_later_requests_are_told_why(string damage, string problem)
    {
        var folder = Import(damage, 1, configuration =>
        {
            if (damage == "misshapen")
            {
                configuration["r"] = 16;
            }
            else if (damage == "renamed")
            {
                configuration["target_modules"] = new JsonArray("k_proj");
            }
        });
        if (damage == "truncated")
        {
            await using var file = File.OpenWrite(Path.Combine(folder, Weights));
            file.SetLength(100);
        }

        var loading = await PutAsync(damage, HttpStatusCode.UnprocessableEntity);
        var asking = await PredictAsync(damage, HttpStatusCode.UnprocessableEntity);

        Assert.Equal(("adapter_invalid", "adapter_invalid"), (loading.GetProperty("code").GetString(), asking.GetProperty("code").GetString()));
        Assert.Contains(problem, loading.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(problem, asking.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_in_use_drains_and_is_unknown_at_once()
    {
        Import("leaving", 1);
        await PutAsync("leaving", HttpStatusCode.OK);
        var answers = Client.PostAsync($"{Http.Predictions}?method=adapted&adapter=leaving", $"[{string.Join(',', Enumerable.Repeat(Request, 2000))}]");
        while ((await ListAsync("leaving")).Single().GetProperty("references").GetInt32() < 64)
        {
            await Task.Yield();
        }

        var draining = await DeleteAsync("leaving", HttpStatusCode.Accepted);
        var refused = await PredictAsync("leaving", HttpStatusCode.NotFound);

        Assert.Equal("draining", draining.GetProperty("state").GetString());
        Assert.Equal("adapter_not_found", refused.GetProperty("code").GetString());

        // Rows of the array that had not begun are new requests: the array as a whole is refused, what was queued is answered.
        await Assert.ThrowsAnyAsync<Exception>(() => answers);
        while ((await ListAsync("leaving")).Count > 0)
        {
            await Task.Yield();
        }

        await DeleteAsync("leaving", HttpStatusCode.NotFound);
        await PutAsync("leaving", HttpStatusCode.OK);
        var unloaded = await DeleteAsync("leaving", HttpStatusCode.OK);
        Assert.Equal("unloaded", unloaded.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_pin_is_shown_and_taken_back()
    {
        Import("pinned", 1);
        await PutAsync("pinned", HttpStatusCode.OK);

        var pinned = await PutAsync("pinned/pin", HttpStatusCode.OK);
        var released = await DeleteAsync("pinned/pin", HttpStatusCode.OK);

        Assert.True(pinned.GetProperty("isPinned").GetBoolean());
        Assert.False(released.GetProperty("isPinned").GetBoolean());
        await PutAsync("nobody/pin", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("adapted", "nobody", HttpStatusCode.NotFound, "adapter_not_found")]
    [InlineData("adapted", "", HttpStatusCode.NotFound, "adapter_not_found")]
    [InlineData("adapted", "nobody@x", HttpStatusCode.NotFound, "adapter_not_found")]
    [InlineData("adapted", "..%2F..%2Fsecrets", HttpStatusCode.NotFound, "adapter_not_found")]
    [InlineData("hold", "viewport.adapted", HttpStatusCode.BadRequest, "invalid_input")]
    public async Task An_adapter_that_cannot_answer_is_refused(string method, string adapter, HttpStatusCode status, string code)
    {
        var problem = await Client.PostAsync($"{Http.Predictions}?method={method}&adapter={adapter}", Request, status);

        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("600001")]
    public async Task A_timeout_out_of_range_is_refused(string timeout)
    {
        var problem = await Client.PostAsync($"{Http.Predictions}?timeoutMs={timeout}", Request, HttpStatusCode.BadRequest);

        Assert.Equal("/timeoutMs", problem.GetProperty("errors")[0].GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task The_adapter_of_a_bundle_cannot_be_taken_from_its_method()
    {
        await DeleteAsync("viewport.adapted", HttpStatusCode.UnprocessableEntity);

        Assert.Equal("viewport/adapted", (await ListAsync("viewport.adapted")).Single().GetProperty("owner").GetString());
        await PredictAsync(null);
    }

    [Theory]
    [InlineData(Address, "get")]
    [InlineData(Address + "/{name}", "put")]
    [InlineData(Address + "/{name}", "delete")]
    [InlineData(Address + "/{name}/pin", "put")]
    [InlineData(Address + "/{name}/pin", "delete")]
    public async Task Open_api_describes(string path, string verb)
    {
        var text = await Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Token);

        Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("paths").GetProperty(path).TryGetProperty(verb, out _));
    }

    private static string Shown(JsonElement record) => $"{record.GetProperty("version").GetInt32()} {record.GetProperty("state").GetString()}";

    private string Import(string name, int version, Action<JsonNode>? change = null)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "plugins", "viewport", "model", "adapted");
        var folder = Path.Combine(fixture.Host.StateFolder, "adapters", name, $"{version}");
        Directory.CreateDirectory(folder);
        var configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(source, Configuration)))!;
        change?.Invoke(configuration);
        File.WriteAllText(Path.Combine(folder, Configuration), configuration.ToJsonString());
        File.WriteAllBytes(Path.Combine(folder, Weights), File.ReadAllBytes(Path.Combine(source, Weights)));
        return folder;
    }

    private Task<JsonElement> PredictAsync(string? adapter, HttpStatusCode expected = HttpStatusCode.OK) =>
        Client.PostAsync($"{Http.Predictions}?method=adapted{(adapter is null ? "" : $"&adapter={adapter}")}", Request, expected);

    private Task<JsonElement> PutAsync(string name, HttpStatusCode expected) => Client.SendAsync(HttpMethod.Put, $"{Address}/{name}", expected);

    private Task<JsonElement> DeleteAsync(string name, HttpStatusCode expected) => Client.SendAsync(HttpMethod.Delete, $"{Address}/{name}", expected);

    private async Task<List<JsonElement>> ListAsync(string name) =>
        [.. (await Client.GetAsync(Address, HttpStatusCode.OK)).GetProperty("items").EnumerateArray()
            .Where(record => record.GetProperty("name").GetString() == name)];
}
