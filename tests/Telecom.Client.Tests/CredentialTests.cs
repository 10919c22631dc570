using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Telecom.Client.Tests.Support;

namespace Telecom.Client.Tests;

public sealed class CredentialTests
{
    private const string Empty = """{"items":[],"nextCursor":null}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_sent_as_bearer()
    {
        await using var served = Served(options => options.ApiKey = "telecom_1_secret");

        await served.Client.Api.ListTasksAsync(null, null, Token);

        Assert.Equal("Bearer telecom_1_secret", Assert.Single(served.Recording.Sent).Headers["Authorization"]);
    }

    [Fact]
    public async Task A_token_is_asked_for_anew()
    {
        var asked = 0;
        await using var served = Served(options => options.TokenProvider = _ => new($"token-{++asked}"));

        await served.Client.Api.ListTasksAsync(null, null, Token);
        await served.Client.Inference.IsLiveAsync(Token);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], served.Recording.Sent.Select(sent => sent.Headers["Authorization"]));
    }

    [Fact]
    public async Task Without_credentials_none_are_sent_and_a_path_before_the_api_is_kept()
    {
        await using var served = Served(options => options.Address = new Uri("https://example.test/proxied"));

        await served.Client.Api.ListTasksAsync(10, "next page", Token);
        await served.Client.Inference.IsLiveAsync(Token);

        Assert.DoesNotContain("Authorization", served.Recording.Sent[0].Headers.Keys);
        Assert.Equal(["/proxied/api/v1/tasks?limit=10&cursor=next%20page", "/proxied/v2/health/live"], served.Recording.Sent.Select(sent => sent.Path));
    }

    public static TheoryData<Action<TelecomClientOptions>, string> WrongOptions => new()
    {
        { options => options.Address = new Uri("/relative", UriKind.Relative), "Address" },
        { options => options.Address = new Uri("ftp://example.test"), "Address" },
        { options => options.ApiKey = "with space", "ApiKey" },
        { options => options.ApiKey = "line\r\nX-Other: 1", "ApiKey" },
        { options => options.ApiKey = string.Empty, "ApiKey" },
        { options => (options.ApiKey, options.TokenProvider) = ("key", _ => new("token")), "TokenProvider" },
        { options => options.Timeout = TimeSpan.Zero, "Timeout" },
        { options => options.MaxRetries = -1, "MaxRetries" },
        { options => options.MaxRetries = 11, "MaxRetries" },
        { options => options.MaxRetryDelay = TimeSpan.FromSeconds(-1), "MaxRetryDelay" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions), DisableDiscoveryEnumeration = true)]
    public void Wrong_options_are_refused_by_name(Action<TelecomClientOptions> wrong, string name)
    {
        var services = new ServiceCollection();
        services.AddTelecomClient(wrong);
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<TelecomClient>());

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("with space", refusal.Message, StringComparison.Ordinal);
    }

    private static ServedClient Served(Action<TelecomClientOptions> configure) => ServedClient.Of(
        _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Empty, null, "application/json") }, null, configure);
}
