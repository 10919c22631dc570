using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Telecom.Benchmarks;

/// <summary>Median over the median of the baseline with the same parameters.</summary>
internal sealed class MedianRatioColumn : IColumn
{
    public string Id => nameof(MedianRatioColumn);

    public string ColumnName => "Ratio of medians";

    public string Legend => "Median / median of the baseline with the same parameters";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Baseline;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        var key = benchmarkCase.Parameters.ValueInfo;
        var baseline = summary.BenchmarksCases.FirstOrDefault(
            other => other.Descriptor.Baseline && other.Descriptor.Type == benchmarkCase.Descriptor.Type && other.Parameters.ValueInfo == key);
        return baseline is not null && Median(summary, baseline) is { } reference && Median(summary, benchmarkCase) is { } median
            ? (median / reference).ToString("0.00", CultureInfo.InvariantCulture)
            : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(benchmarkCase => benchmarkCase.Descriptor.Baseline);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    private static double? Median(Summary summary, BenchmarkCase benchmarkCase) => summary[benchmarkCase]?.ResultStatistics?.Median;
}
