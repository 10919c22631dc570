using System.Globalization;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Runtime.Evaluation;
using Telecom.Sdk.Benchmarks;

namespace Telecom.Host.Commands;

/// <summary>The report of <c>evaluate</c> for people; <c>*</c> marks the best value of each metric.</summary>
internal static class EvaluationTables
{
    private const int MetricColumns = 6;

    public static void Write(Shell shell, EvaluationDocument report, IReadOnlyList<MetricDescriptor> metrics)
    {
        var settings = string.Join(' ', report.Settings.Select(pair => $"{pair.Key}={pair.Value}"));
        shell.Write(new Text(string.Create(
            CultureInfo.InvariantCulture, $"{report.Task} on {report.Data}, split {report.Split}, {report.Cases} cases, {settings}\n\n")));
        // One metric over all groups is a page already; JSON has the others. The totals come last, where they stay in sight.
        if (report.Groups is { } groups && metrics.Count > 0)
        {
            shell.Write(Groups(groups, report, metrics[0]));
        }

        foreach (var columns in metrics.Chunk(MetricColumns).DefaultIfEmpty([]))
        {
            shell.Write(Methods(report, columns));
        }

        foreach (var note in report.Notes ?? [])
        {
            shell.Write(new Text($"note: {note}\n"));
        }
    }

    private static Table Methods(EvaluationDocument report, IReadOnlyList<MetricDescriptor> metrics)
    {
        var table = Tables.Create(["method", "kind", "status", "µs/case", .. metrics.Select(Heading), string.Empty]);
        foreach (var row in report.Methods)
        {
            table.Add(
            [
                row.Method,
                row.Kind,
                row.Status,
                row.MicrosecondsPerCase is { } time ? Tables.Figure(time) : string.Empty,
                .. metrics.Select(metric => Cell(row.Metrics, metric, Best(report.Methods.Where(IsMethod).Select(other => other.Metrics), metric))),
                row.Reason,
            ]);
        }

        return table;
    }

    private static Table Groups(IReadOnlyList<GroupReport> groups, EvaluationDocument report, MetricDescriptor metric)
    {
        var methods = report.Methods.Where(row => row.Metrics is not null).Select(row => row.Method).ToList();
        var ranked = report.Methods.Where(IsMethod).Select(row => row.Method).ToHashSet();
        var table = Tables.Create([Heading(metric), "cases", .. methods]);
        foreach (var group in groups)
        {
            var best = Best(group.Methods.Where(row => ranked.Contains(row.Method)).Select(row => row.Metrics), metric);
            table.Add(
            [
                group.Name,
                group.Cases.ToString(CultureInfo.InvariantCulture),
                .. methods.Select(method => Cell(group.Methods.FirstOrDefault(row => row.Method == method)?.Metrics, metric, best)),
            ]);
        }

        return table;
    }

    // A bound is no method: nothing that answers requests is compared with it.
    private static bool IsMethod(MethodReport row) => row.Kind != "bound";

    private static string Heading(MetricDescriptor metric) =>
        $"{metric.Name}{(metric.Unit.Length > 0 ? $" [{metric.Unit}]" : string.Empty)} {(metric.LowerIsBetter ? '↓' : '↑')}";

    private static string Cell(IReadOnlyDictionary<string, double>? metrics, MetricDescriptor metric, double? best) =>
        metrics is not null && metrics.TryGetValue(metric.Name, out var value)
            ? $"{Tables.Figure(value)}{(value.Equals(best) ? " *" : string.Empty)}"
            : string.Empty;

    private static double? Best(IEnumerable<IReadOnlyDictionary<string, double>?> rows, MetricDescriptor metric)
    {
        var values = rows.Where(row => row?.ContainsKey(metric.Name) == true).Select(row => row![metric.Name]).ToList();
        return values.Count == 0 ? null : metric.LowerIsBetter ? values.Min() : values.Max();
    }
}
