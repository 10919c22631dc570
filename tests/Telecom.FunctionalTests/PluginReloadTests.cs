using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.Loader;

namespace Telecom.FunctionalTests;

/// <summary>
/// Reloads a plugin again and again. A few times in every run; TELECOM_LONG=1 runs the counts of platform.md 16. Alone: the memory of the process is
/// everybody's.
/// </summary>
[Collection(nameof(Alone))]
public sealed class PluginReloadTests : IAsyncLifetime
{
    private const long RssLimit = 64L << 20;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("TELECOM_LONG") == "1";
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(3);

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-reload-");
    private RunningHost host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("affine", 50, 1000, """{"x":[1,-2.5,0,0.5]}""")]
    [InlineData("viewport", 10, 200, null)]
    public async Task Reloading_leaves_no_context_and_no_memory_behind(string plugin, int few, int many, string? request)
    {
        var body = request ?? ViewportRequests.Of(Enumerable.Range(0, 10).Select(i => (double)i));
        await ReloadAsync(plugin, body, few / 5);
        var (contexts, memory) = await MeasureAsync();
        var clock = Stopwatch.StartNew();

        var count = IsLong ? many : few;
        await ReloadAsync(plugin, body, count);

        var perReload = clock.Elapsed.TotalMilliseconds / count;
        var (contextsAfter, memoryAfter) = await MeasureAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} reloads of {plugin}: {perReload:F0} ms each, contexts {contexts} -> {contextsAfter}, RSS {memory >> 20} -> {memoryAfter >> 20} MiB"));
        Assert.Equal(contexts, contextsAfter);
        Assert.InRange(memoryAfter - memory, long.MinValue, RssLimit);
        if (OperatingSystem.IsLinux())
        {
            Assert.Single(MappedFiles.Named("libtorch_cpu"));
        }
    }

    public async ValueTask InitializeAsync()
    {
        var target = Directory.CreateDirectory(Path.Combine(state.FullName, "user-plugins", "affine")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "fixtures", "affine")))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        host = await RunningHost.StartAsync(state.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        state.Delete(recursive: true);
    }

    private async Task ReloadAsync(string plugin, string body, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await host.Client.PostAsync($"/api/v1/plugins/{plugin}:reload", string.Empty);
            await host.Client.PostAsync($"/api/v1/tasks/{plugin}/predictions", body);
            await EndAsync();
        }
    }

    // Until the version before is unloaded; one that stays is named.
    private async Task EndAsync()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var plugins = await host.Client.GetAsync("/api/v1/plugins", HttpStatusCode.OK);
            var others = plugins.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("state").GetString() != "Active").ToList();
            if (others.Count == 0)
            {
                return;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), string.Join(' ', others));
            await Task.Delay(5, Token);
        }
    }

    private static async Task<(int Contexts, long Memory)> MeasureAsync()
    {
        for (var round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        // The executor gives freed memory back when it has been idle for a moment.
        await Task.Delay(IdleTime, Token);
        using var process = Process.GetCurrentProcess();
        return (AssemblyLoadContext.All.Count(context => context.IsCollectible), process.WorkingSet64);
    }
}
