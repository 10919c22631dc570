using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Access;
using Telecom.Jobs.Storage;

namespace Telecom.Benchmarks;

/// <summary>What access control adds to a request: finding the key, its hash, its scope, its bucket.</summary>
#pragma warning disable CA1001 // BenchmarkDotNet calls the clean-up, never Dispose.
public class AccessBenchmarks
#pragma warning restore CA1001
{
    private const int Keys = 1000;

    private DirectoryInfo state = null!;
    private TelecomStore store = null!;
    private KeyRing ring = null!;
    private AccessControl control = null!;
    private DefaultHttpContext withKey = null!;
    private DefaultHttpContext withoutKey = null!;
    private string key = string.Empty;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        state = Directory.CreateTempSubdirectory("telecom-benchmarks-");
        store = TelecomStore.Open(Path.Combine(state.FullName, "telecom.db"));
        var settings = new AccessSettings { RequestsPerSecond = 1_000_000_000, Burst = 1 };
        var time = TimeProvider.System;
        var ledger = new CallerLedger(settings, store.Access, time);
        ring = new(store.Access, ledger, settings, time);
        for (var i = 0; i < Keys; i++)
        {
            (var stored, key) = KeyMaker.Make(new() { Name = "benchmark" }, time.GetUtcNow());
            await store.Access.AddKeyAsync(stored, null, CancellationToken.None);
        }

        await ring.LoadAsync(CancellationToken.None);
        control = new(
            static _ => Task.CompletedTask,
            new(AllowsAnonymous: true),
            ring,
            new(settings, ledger, time, NullLogger<TokenVerifier>.Instance),
            new(store.Access, time, NullLogger<AuditTrail>.Instance),
            time,
            NullLogger<AccessControl>.Instance);
        withoutKey = Context();
        withKey = Context();
        withKey.Request.Headers.Authorization = $"Bearer {key}";
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        ring.Dispose();
        await store.DisposeAsync();
        state.Delete(recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task Stranger() => control.InvokeAsync(withoutKey);

    [Benchmark]
    public Task Key() => control.InvokeAsync(withKey);

    [Benchmark]
    public bool Lookup() => ring.Find(key, DateTimeOffset.UnixEpoch, out _) == KeyVerdict.Good;

    private static DefaultHttpContext Context()
    {
        var context = new DefaultHttpContext();
        context.SetEndpoint(new(null, new(new AccessRule(Scopes.Predict)), "benchmark"));
        return context;
    }
}
