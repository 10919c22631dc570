using System.Globalization;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Viewport;

/// <summary>
/// The published viewport evaluation: fixed windows of one split, element errors in degrees, every window and axis weighted equally.
/// </summary>
internal sealed class ViewportBenchmark : IBenchmark<ViewportRequest, ViewportForecast>
{
    private const int EvaluationStep = 15;

    public BenchmarkDescriptor Descriptor { get; } = new(
        [.. ViewportMetrics.All.Select(metric => metric.Descriptor)],
        [.. ViewportSettings.Data, .. ViewportSettings.Windows(EvaluationStep)],
        DefaultSplit: "test",
        TraceLoader.SampleDataset);

    public async ValueTask<IBenchmarkRun<ViewportRequest, ViewportForecast>> PrepareAsync(
        BenchmarkContext context, CancellationToken cancellationToken)
    {
        var options = ViewportSettings.ReadWindows(context.Settings);
        context.Progress?.Report(new("reading traces", 0, 0));
        var loaded = await TraceLoader.ReadAsync(context.Source, context.Split, context.Settings, context.Seed, cancellationToken)
            .ConfigureAwait(false);

        // Windows across recording gaps are kept: the published figures contain them.
        var windows = WindowSet.Cut(loaded.Traces, options, GapPolicy.Keep);
        return windows.Count > 0 ? new ViewportBenchmarkRun(loaded, windows) : throw Empty(context.Split, loaded, options);
    }

    private static TelecomException Empty(string split, LoadedTraces loaded, WindowOptions options)
    {
        var what = $"The split '{split}' of {loaded.Dataset} has no windows";
        var why = string.Create(
            CultureInfo.InvariantCulture,
            $"none of its {loaded.Traces.Count} traces is longer than head + tail = {options.Head + options.Tail} rows");
        return new(ErrorCode.DataRejected, $"{what}: {why}. Lower head or tail, or bring longer traces.");
    }
}
