using System.Globalization;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Viewport;

/// <summary>Windows of one split, ready to score any number of methods.</summary>
internal sealed class ViewportBenchmarkRun : IBenchmarkRun<ViewportRequest, ViewportForecast>
{
    private const int BatchSize = 256;

    private static readonly string[] RowKeys = ["video", "user", "start"];

    private static readonly ViewportMetric[] RowMetrics = [.. ViewportMetrics.All.Where(metric => metric.IsPerWindow)];

    private readonly WindowSet windows;
    private readonly ViewportRequest[] requests;

    public ViewportBenchmarkRun(LoadedTraces loaded, WindowSet windows)
    {
        this.windows = windows;
        requests = new ViewportRequest[windows.Count];
        for (var window = 0; window < requests.Length; window++)
        {
            requests[window] = windows.RequestOf(window);
        }

        Settings = Describe(loaded, windows);
        Notes = Remark(loaded, windows);
    }

    public int Cases => windows.Count;

    public IReadOnlyDictionary<string, object> Settings { get; }

    public IReadOnlyList<string> Notes { get; }

    public IReadOnlyList<string> RowColumns { get; } = [.. RowKeys, .. RowMetrics.Select(metric => metric.Descriptor.Name)];

    public MethodScore Score(
        IMethod<ViewportRequest, ViewportForecast> method,
        Action<IReadOnlyList<string>>? row,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        // Column by column, so that a metric of a group is a summary of one contiguous range.
        var errors = new double[WindowErrors.Columns][];
        for (var column = 0; column < errors.Length; column++)
        {
            errors[column] = new double[windows.Count];
        }

        var answers = new ViewportForecast[BatchSize];
        for (var first = 0; first < requests.Length; first += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = requests.AsSpan(first, Math.Min(BatchSize, requests.Length - first));
            method.Predict(batch, answers.AsSpan(0, batch.Length));
            Measure(first, answers.AsSpan(0, batch.Length), errors);
            progress?.Report(new("scoring", first + batch.Length, requests.Length));
        }

        for (var window = 0; row is not null && window < windows.Count; window++)
        {
            row(Row(window, errors));
        }

        return new(Summarise(errors, 0, windows.Count), Groups(errors));
    }

    private static Dictionary<string, double> Summarise(double[][] errors, int first, int count)
    {
        var metrics = new Dictionary<string, double>(ViewportMetrics.All.Count, StringComparer.Ordinal);
        foreach (var metric in ViewportMetrics.All)
        {
            var value = metric.Summary(errors[metric.Column].AsSpan(first, count));
            if (!double.IsNaN(value))
            {
                metrics.Add(metric.Descriptor.Name, value);
            }
        }

        return metrics;
    }

    private static string TraceName(ViewportTrace trace) => string.Create(CultureInfo.InvariantCulture, $"video{trace.Video}/user{trace.User}");

    private static Dictionary<string, object> Describe(LoadedTraces loaded, WindowSet windows) => new(StringComparer.Ordinal)
    {
        [ViewportSettings.DatasetName] = loaded.Dataset,
        ["rate"] = loaded.Traces[0].RateHz,
        ["history"] = windows.Options.History,
        ["horizon"] = windows.Options.Horizon,
        ["head"] = windows.Options.Head,
        ["tail"] = windows.Options.Tail,
        ["step"] = windows.Options.Step,
    };

    private static List<string> Remark(LoadedTraces loaded, WindowSet windows)
    {
        var notes = new List<string>(loaded.Notes);
        var shortest = windows.Options.Head + windows.Options.Tail;
        if (windows.ShortTraces > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{windows.ShortTraces} of {loaded.Traces.Count} traces are not longer than head + tail = {shortest} rows and give no window."));
        }

        if (windows.WindowsAcrossGaps > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{windows.WindowsAcrossGaps} windows span a recording gap of more than 0.5 s; they count, as in the published evaluation."));
        }

        return notes;
    }

    private void Measure(int first, ReadOnlySpan<ViewportForecast> answers, double[][] errors)
    {
        Span<double> measured = stackalloc double[WindowErrors.Columns];
        for (var i = 0; i < answers.Length; i++)
        {
            var truth = windows.FutureOf(first + i).Span;
            var predicted = answers[i].RawDegrees.Span;
            if (predicted.Length != truth.Length)
            {
                throw Fault(
                    first + i,
                    string.Create(CultureInfo.InvariantCulture, $"{answers[i].Steps} steps where {windows.Options.Horizon} were asked for"));
            }

            WindowErrors.Measure(predicted, truth, requests[first + i].RateHz, measured);
            if (!double.IsFinite(measured[WindowErrors.MaeRef]))
            {
                throw Fault(first + i, "values that are not finite");
            }

            for (var column = 0; column < measured.Length; column++)
            {
                errors[column][first + i] = measured[column];
            }
        }
    }

    private TelecomException Fault(int window, string what)
    {
        var trace = TraceName(windows.Traces[windows.TraceIndices[window]]);
        var where = string.Create(CultureInfo.InvariantCulture, $"{trace} at row {windows.Starts[window]}");
        return new(ErrorCode.PluginFault, $"The method answered {what} for {where}. Its weights or its code are at fault, not the data.");
    }

    private string[] Row(int window, double[][] errors)
    {
        var trace = windows.Traces[windows.TraceIndices[window]];
        var fields = new string[RowKeys.Length + RowMetrics.Length];
        fields[0] = trace.Video.ToString(CultureInfo.InvariantCulture);
        fields[1] = trace.User.ToString(CultureInfo.InvariantCulture);
        fields[2] = windows.Starts[window].ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < RowMetrics.Length; i++)
        {
            var value = RowMetrics[i].Summary(errors[RowMetrics[i].Column].AsSpan(window, 1));
            fields[RowKeys.Length + i] = double.IsNaN(value) ? string.Empty : value.ToString("0.######", CultureInfo.InvariantCulture);
        }

        return fields;
    }

    private List<GroupScore> Groups(double[][] errors)
    {
        var groups = new List<GroupScore>();
        var traceOf = windows.TraceIndices;
        for (int first = 0, end; first < windows.Count; first = end)
        {
            for (end = first + 1; end < windows.Count && traceOf[end] == traceOf[first]; end++)
            {
            }

            groups.Add(new(TraceName(windows.Traces[traceOf[first]]), end - first, Summarise(errors, first, end - first)));
        }

        return groups;
    }
}
