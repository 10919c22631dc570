using System.Net;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests;

internal static class Http
{
    public const string Predictions = "/api/v1/tasks/viewport/predictions";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<JsonElement> GetAsync(this HttpClient client, string address, HttpStatusCode expected)
    {
        using var response = await client.GetAsync(new Uri(address, UriKind.Relative), Token);
        return await ReadAsync(response, expected);
    }

    public static async Task<JsonElement> PostAsync(
        this HttpClient client, string address, string body, HttpStatusCode expected = HttpStatusCode.OK, string contentType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, contentType);
        using var response = await client.PostAsync(new Uri(address, UriKind.Relative), content, Token);
        return await ReadAsync(response, expected);
    }

    public static async Task<JsonElement> SendAsync(this HttpClient client, HttpMethod method, string address, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        using var response = await client.SendAsync(request, Token);
        return await ReadAsync(response, expected);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        var document = JsonDocument.Parse(text).RootElement;
        if ((int)expected < 400)
        {
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            return document;
        }

        // Every refusal is a complete problem document.
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)expected, document.GetProperty("status").GetInt32());
        Assert.Equal($"/errors/{document.GetProperty("code").GetString()}", document.GetProperty("type").GetString());
        Assert.NotEqual(string.Empty, document.GetProperty("title").GetString());
        Assert.NotEqual(string.Empty, document.GetProperty("detail").GetString());
        Assert.NotEqual(string.Empty, document.GetProperty("traceId").GetString());
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return document;
    }
}
