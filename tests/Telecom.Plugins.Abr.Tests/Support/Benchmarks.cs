using Telecom.Plugins.Abr.Contracts;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Abr.Tests.Support;

/// <summary>Runs the benchmark as a host would.</summary>
internal static class Benchmarks
{
    public static TaskDefinition<AbrRequest, AbrDecision> Task { get; } = (TaskDefinition<AbrRequest, AbrDecision>)new AbrTask().Define();

    public static ValueTask<IBenchmarkRun<AbrRequest, AbrDecision>> PrepareAsync(
        string? path, string split, params IEnumerable<(string Name, string Value)> settings)
    {
        var benchmark = Task.TypedBenchmark!;
        return benchmark.PrepareAsync(
            new()
            {
                Source = new DataSource(FixedCatalog.Shipped, path, null),
                Split = split,
                Settings = SettingValues.Create(benchmark.Descriptor.Settings, settings.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
                Seed = 1,
            },
            TestContext.Current.CancellationToken);
    }

    public static MethodScore Score(this IBenchmarkRun<AbrRequest, AbrDecision> run, string method, Action<IReadOnlyList<string>>? row = null) =>
        run.Score(Task.MethodDefinition(method).Analytic!, row, null, TestContext.Current.CancellationToken);
}
