using System.Net;
using System.Text.Json;

namespace Telecom.FunctionalTests;

/// <summary>What all lists have in common.</summary>
public sealed class ListTests(HostFixture fixture)
{
    private HttpClient Client => fixture.Host.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Lists =>
        ["/api/v1/tasks", "/api/v1/plugins", "/api/v1/plugins/events", "/api/v1/datasets", "/api/v1/models", "/api/v1/models/adapters"];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Following_the_link_header_item_by_item_gives_the_whole_list(string list)
    {
        var whole = await Client.GetAsync($"{list}?limit=500", HttpStatusCode.OK);

        var seen = new List<string>();
        for (var address = $"{list}?limit=1"; address is not null;)
        {
            using var response = await Client.GetAsync(new Uri(address, UriKind.Relative), Token);
            var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
            var link = response.Headers.TryGetValues("Link", out var values) ? Assert.Single(values) : null;
            Assert.Equal(page.GetProperty("nextCursor").GetString() is null, link is null);
            address = link?.Split('<', '>')[1];
        }

        Assert.Equal(whole.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()), seen);
        Assert.Equal(JsonValueKind.Null, whole.GetProperty("nextCursor").ValueKind);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    [InlineData("/api/v1/predictions")]
    public async Task A_limit_out_of_range_and_a_foreign_cursor_are_refused(string list)
    {
        foreach (var (query, pointer) in new[] { ("limit=0", "/limit"), ("limit=501", "/limit"), ("cursor=AAAA", "/cursor") })
        {
            var problem = await Client.GetAsync($"{list}?{query}", HttpStatusCode.BadRequest);

            Assert.Equal(pointer, Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
        }
    }

    [Theory]
    [InlineData("/api/v1/tasks")]
    [InlineData("/api/v1/tasks/viewport")]
    [InlineData("/api/v1/tasks/viewport/schema")]
    [InlineData("/api/v1/plugins/viewport")]
    [InlineData("/api/v1/datasets")]
    public async Task A_reader_who_has_the_answer_gets_304(string address)
    {
        using var first = await Client.GetAsync(new Uri(address, UriKind.Relative), Token);
        var tag = first.Headers.ETag;
        Assert.NotNull(tag);

        using var known = await AskAsync(address, $"\"other\", {tag}");
        using var other = await AskAsync(address, "\"other\"");

        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Empty(await known.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(tag, known.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await other.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_reader_who_has_a_stored_prediction_gets_304()
    {
        var answer = await Client.PostAsync($"{Http.Predictions}?method=hold", ViewportRequests.Of([0, 1]));
        var address = $"/api/v1/predictions/{answer.GetProperty("id").GetString()}";
        using var first = await Client.GetAsync(new Uri(address, UriKind.Relative), Token);

        using var known = await AskAsync(address, first.Headers.ETag!.ToString());

        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    private async Task<HttpResponseMessage> AskAsync(string address, string known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
        request.Headers.Add("If-None-Match", known);
        return await Client.SendAsync(request, Token);
    }
}
