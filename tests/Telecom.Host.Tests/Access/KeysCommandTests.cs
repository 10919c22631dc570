using System.Text.Json.Nodes;
using Telecom.Host.Access;
using Telecom.Host.Tests.Fakes;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Tests.Access;

public sealed class KeysCommandTests : IDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-keys-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_prints_the_key_alone_and_the_list_never_shows_it_again()
    {
        var add = await RunAsync("keys", "add", "panel");
        var key = add.Output.TrimEnd('\n');
        var list = await RunAsync("keys");

        Assert.Equal(0, add.ExitCode);
        Assert.True(KeyText.TryRead(key, out var id, out var secret));
        Assert.Contains("shown only now", add.Error, StringComparison.Ordinal);
        Assert.Contains("panel", list.Output, StringComparison.Ordinal);
        Assert.Contains("read predict", list.Output, StringComparison.Ordinal);
        Assert.Contains(id.ToString(), list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.ToString(), list.Output + list.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_takes_scopes_end_and_quota()
    {
        var before = DateTime.UtcNow;
        var add = JsonNode.Parse((await RunAsync("keys", "add", "x", "--scopes", "read,models.write", "--expires", "90d", "--rows-per-day", "7", "--output", "json")).Output)!;

        Assert.StartsWith($"telecom_{add["id"]}_", (string?)add["key"], StringComparison.Ordinal);
        Assert.Equal("""["read","models.write"]""", add["scopes"]!.ToJsonString());
        Assert.Equal(7, (int)add["rowsPerDay"]!);
        Assert.InRange((DateTime)add["expiresAt"]!, before.AddDays(90), DateTime.UtcNow.AddDays(90));
    }

    [Fact]
    public async Task Revoke_takes_an_id_or_the_key_itself_and_is_noted()
    {
        var first = (await RunAsync("keys", "add", "first")).Output.TrimEnd('\n');
        var second = (await RunAsync("keys", "add", "second")).Output.TrimEnd('\n');

        Assert.Equal(0, (await RunAsync("keys", "revoke", first[8..20])).ExitCode);
        Assert.Equal(0, (await RunAsync("keys", "revoke", second)).ExitCode);
        Assert.Equal(3, (await RunAsync("keys", "revoke", "nope")).ExitCode);

        var list = JsonNode.Parse((await RunAsync("keys", "list", "--output", "json")).Output)!["items"]!.AsArray();
        Assert.Equal(["revoked", "revoked"], list.Select(key => (string?)key!["state"]));
        await using var store = TelecomStore.Open(Path.Combine(state.FullName, "telecom.db"));
        var trail = (await store.Access.ListAuditAsync(10, null, Token)).Items;
        Assert.Equal(["revokeKey", "revokeKey", "createKey", "createKey"], trail.Select(entry => entry.Action));
        Assert.All(trail, entry => Assert.Equal(("command-line", Environment.UserName, 0), (entry.Caller, entry.CallerName, entry.Status)));
        Assert.Equal(first[8..20], trail[1].Target);
    }

    [Theory]
    [InlineData("--scopes root", "/scopes/0")]
    [InlineData("--scopes ,", "/scopes")]
    [InlineData("--expires soon", "--expires soon")]
    [InlineData("--expires 2020-01-01", "/expiresAt")]
    [InlineData("--rows-per-day -1", "/rowsPerDay")]
    public async Task A_wrong_option_is_wrong_usage(string options, string named)
    {
        var run = await RunAsync(["keys", "add", "x", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, run.Output);
    }

    public void Dispose() => state.Delete(recursive: true);

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(new(), [.. arguments, "--state", state.FullName]);
}
