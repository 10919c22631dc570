using Telecom.FunctionalTests;

[assembly: AssemblyFixture(typeof(HostFixture))]

namespace Telecom.FunctionalTests;

/// <summary>The host that the tests of this assembly share; each test filters for what it stored itself.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-functional-");

    public RunningHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await RunningHost.StartAsync(state.FullName);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        state.Delete(recursive: true);
    }
}
