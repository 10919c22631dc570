using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Telecom.Benchmarks;

/// <summary>A percentile of the iterations in milliseconds, or its ratio to that of the baseline with the same parameters.</summary>
internal sealed class PercentileColumn(int percentile, bool isRatio) : IColumn
{
    private const double NanosecondsPerMillisecond = 1e6;

    public string Id => $"{nameof(PercentileColumn)}{percentile}{isRatio}";

    public string ColumnName => isRatio ? $"Ratio of P{percentile}" : $"P{percentile} [ms]";

    public string Legend => isRatio ? $"P{percentile} / P{percentile} of the baseline with the same parameters" : $"Percentile {percentile} of the iterations";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => percentile;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (Of(summary, benchmarkCase) is not { } value)
        {
            return "-";
        }

        if (!isRatio)
        {
            return (value / NanosecondsPerMillisecond).ToString("0.000", CultureInfo.InvariantCulture);
        }

        var key = benchmarkCase.Parameters.ValueInfo;
        var baseline = summary.BenchmarksCases.FirstOrDefault(other => other.Descriptor.Baseline && other.Parameters.ValueInfo == key);
        return baseline is not null && Of(summary, baseline) is { } reference ? (value / reference).ToString("0.00", CultureInfo.InvariantCulture) : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    private double? Of(Summary summary, BenchmarkCase benchmarkCase) => summary[benchmarkCase]?.ResultStatistics?.Percentiles.Percentile(percentile);
}
