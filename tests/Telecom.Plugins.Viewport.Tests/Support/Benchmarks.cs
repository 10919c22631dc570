using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Viewport.Tests.Support;

/// <summary>Runs the benchmark as a host would.</summary>
internal static class Benchmarks
{
    public static TaskDefinition<ViewportRequest, ViewportForecast> Task { get; } =
        (TaskDefinition<ViewportRequest, ViewportForecast>)new ViewportTask().Define();

    /// <summary>Ids of the methods that need no weights, in report order.</summary>
    public static IReadOnlyList<string> Analytic { get; } =
        [.. Task.Methods.Where(method => method.Kind == MethodKind.Analytic).Select(method => method.Id)];

    public static ValueTask<IBenchmarkRun<ViewportRequest, ViewportForecast>> PrepareAsync(
        IDatasetCatalog catalog, string? path, params IEnumerable<(string Name, string Value)> settings) =>
        PrepareAsync(new DataSource(catalog, path, null), "test", settings);

    public static ValueTask<IBenchmarkRun<ViewportRequest, ViewportForecast>> PrepareAsync(
        DataSource source, string split, params IEnumerable<(string Name, string Value)> settings) =>
        PrepareAsync(source, split, seed: 1, settings);

    public static ValueTask<IBenchmarkRun<ViewportRequest, ViewportForecast>> PrepareAsync(
        DataSource source, string split, int seed, params IEnumerable<(string Name, string Value)> settings)
    {
        var benchmark = Task.TypedBenchmark!;
        var context = new BenchmarkContext
        {
            Source = source,
            Split = split,
            Settings = SettingValues.Create(benchmark.Descriptor.Settings, settings.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
            Seed = seed,
        };
        return benchmark.PrepareAsync(context, TestContext.Current.CancellationToken);
    }

    public static MethodScore Score(this IBenchmarkRun<ViewportRequest, ViewportForecast> run, string method) =>
        run.Score(Task.MethodDefinition(method).Analytic!, null, null, TestContext.Current.CancellationToken);
}
