using Microsoft.Extensions.Configuration;
using Telecom.Host.Access;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests.Access;

public sealed class AccessSettingsTests
{
    [Fact]
    public void Without_settings_the_defaults_count()
    {
        var settings = Read();

        Assert.Equal((50, 100, null, 256), (settings.RequestsPerSecond, settings.Burst, settings.RowsPerDay, settings.RequestsPerTask));
        Assert.Equal((false, false, null), (settings.RequireKeys, settings.OpenMetrics, settings.Tokens));
        Assert.Empty(settings.Origins);
        Assert.Equal(settings with { Origins = [] }, AccessSettings.Read(null) with { Origins = [] });
    }

    [Theory]
    [InlineData("Access:RequestsPerSecond", "0")]
    [InlineData("Access:Burst", "many")]
    [InlineData("Access:RowsPerDay", "-1")]
    [InlineData("Access:RequestsPerTask", "1.5")]
    [InlineData("Access:RequireKeys", "yes")]
    [InlineData("Access:Origins", "*")]
    [InlineData("Access:Origins", "https://panel.example/")]
    [InlineData("Access:Origins", "panel.example")]
    [InlineData("Access:Jwt:Issuer", "https://id.example")]
    [InlineData("Access:Jwt:Audience", "telecom")]
    [InlineData("Access:Jwt:AllowHttp", "maybe")]
    public void What_cannot_be_read_is_refused_naming_the_setting(string name, string value)
    {
        var refusal = Assert.Throws<TelecomException>(() => Read((name, value)));

        Assert.Equal(ErrorCode.InvalidInput, refusal.Code);
        Assert.Contains(name.Split(':')[1], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_identity_provider_is_asked_over_tls()
    {
        Assert.Throws<TelecomException>(() => Read(("Access:Jwt:Audience", "t"), ("Access:Jwt:Authority", "http://id.example")));
        Assert.NotNull(Read(("Access:Jwt:Audience", "t"), ("Access:Jwt:Authority", "https://id.example")).Tokens);
    }

    private static AccessSettings Read(params (string, string?)[] settings) => AccessSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))).Build());
}
