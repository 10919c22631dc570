using System.Net;
using Telecom.Host.Access;

namespace Telecom.Host.Tests.Access;

public sealed class BootstrapKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_on_the_network_tells_its_first_key_once()
    {
        await using var host = await AccessHost.OpenAsync();

        var first = await AnnounceAsync(host, isNeeded: true);
        var second = await AnnounceAsync(host, isNeeded: true);

        var key = Assert.Single(first, line => line.StartsWith("The first key", StringComparison.Ordinal)).Split(' ')[^1];
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/apikeys", key));
        Assert.DoesNotContain(second, line => line.Contains("telecom_", StringComparison.Ordinal));
        Assert.Contains(first, line => line.Contains("Every request needs a key", StringComparison.Ordinal));
        Assert.Single(host.Keys.All);
    }

    [Fact]
    public async Task A_host_of_this_machine_writes_it_into_a_file_of_its_user_and_tells_where()
    {
        await using var host = await AccessHost.LocalAsync();
        var path = Path.Combine(host.StateFolder, BootstrapKey.FileName);
        await File.WriteAllTextAsync(path, "left over, and readable by everybody", Token);

        var lines = await AnnounceAsync(host, isNeeded: false);
        var again = await AnnounceAsync(host, isNeeded: false);

        Assert.Contains(path, Assert.Single(lines), StringComparison.Ordinal);
        Assert.Equal(lines, again);
        var key = (await File.ReadAllTextAsync(path, Token)).Trim();
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/audit", key));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task Where_there_are_keys_none_is_made()
    {
        await using var host = await AccessHost.OpenAsync();
        await host.AddKeyAsync("read");

        var lines = await AnnounceAsync(host, isNeeded: true);

        Assert.Single(lines);
        Assert.Single(host.Keys.All);
        Assert.False(File.Exists(Path.Combine(host.StateFolder, BootstrapKey.FileName)));
    }

    [Fact]
    public async Task Where_every_key_was_taken_back_it_says_how_to_make_one()
    {
        await using var host = await AccessHost.OpenAsync();
        await AnnounceAsync(host, isNeeded: true);
        await host.Keys.RevokeAsync(host.Keys.All.Single().Stored.Id, Token);

        var lines = await AnnounceAsync(host, isNeeded: true);

        Assert.Contains(lines, line => line.Contains("telecom keys add", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(BootstrapKey.FileName, StringComparison.Ordinal));
    }

    private static async Task<string[]> AnnounceAsync(AccessHost host, bool isNeeded)
    {
        await using var error = new StringWriter { NewLine = "\n" };
        await BootstrapKey.AnnounceAsync(host.Keys, host.StateFolder, isNeeded, TimeProvider.System, error, Token);
        return error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
