using Telecom.Sdk.Benchmarks;

namespace Telecom.Plugins.Viewport;

/// <summary>One metric: a summary of one column of <see cref="WindowErrors"/>.</summary>
/// <param name="Descriptor">Name, unit and definition.</param>
/// <param name="Column">Column of <see cref="WindowErrors"/>.</param>
/// <param name="Summary">How the windows are summarised; not a number when the column does not exist at this horizon.</param>
/// <param name="IsPerWindow">Whether the metric means something for a single window.</param>
internal sealed record ViewportMetric(
    MetricDescriptor Descriptor, int Column, Func<ReadOnlySpan<double>, double> Summary, bool IsPerWindow = true);
