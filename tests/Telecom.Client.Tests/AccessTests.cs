using System.Net;
using Telecom.Client.Api;
using Telecom.Client.Documents;
using Telecom.Client.Tests.Support;
using Telecom.FunctionalTests.OpenInference;

namespace Telecom.Client.Tests;

/// <summary>Keys of a host that runs.</summary>
public sealed class AccessTests(ProtocolHost host) : IClassFixture<ProtocolHost>, IAsyncDisposable
{
    private readonly ServedClient served = ServedClient.Of(host);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITelecomApi Api => served.Client.Api;

    public ValueTask DisposeAsync() => served.DisposeAsync();

    [Fact]
    public async Task A_key_is_made_used_listed_and_taken_back()
    {
        var made = await Api.CreateKeyAsync(new NewKey { Name = "reader", Scopes = ["read"] }, null, Token);
        await using var reader = ServedClient.Of(host, made.Key!);
        var quota = await reader.Client.Api.GetMyQuotaAsync(Token);
        var refusal = await Assert.ThrowsAsync<TelecomApiException>(() => reader.Client.Api.ListKeysAsync(null, null, null, Token));
        var listed = Assert.Single((await Api.ListKeysAsync(made.Prefix, null, null, Token)).Items);
        await Api.RevokeKeyAsync(made.Id, Token);
        var afterwards = await Assert.ThrowsAsync<TelecomApiException>(() => reader.Client.Api.ListTasksAsync(null, null, Token));

        Assert.StartsWith(made.Prefix, made.Key, StringComparison.Ordinal);
        Assert.Equal(("reader", "active"), (made.Name, made.State));
        Assert.Equal(["read"], quota.Scopes);
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (refusal.StatusCode, refusal.Code));
        Assert.Null(listed.Key);
        Assert.NotNull(listed.LastUsedAt);
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), (afterwards.StatusCode, afterwards.Code));
        Assert.Equal("revoked", (await Api.GetKeyAsync(made.Id, Token)).State);
        Assert.Contains((await Api.ListAuditAsync(500, null, Token)).Items, entry => entry.Target.Contains(made.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_scope_is_named()
    {
        var refusal = await Assert.ThrowsAsync<TelecomApiException>(() =>
            Api.CreateKeyAsync(new NewKey { Name = "wrong", Scopes = ["everything"] }, null, Token));

        Assert.Equal("invalid_input", refusal.Code);
        Assert.StartsWith("/scopes", Assert.Single(refusal.Errors).Pointer, StringComparison.Ordinal);
    }
}
