using Telecom.Sdk.Datasets;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Sdk.Benchmarks;

/// <summary>What a benchmark needs to prepare its cases.</summary>
public sealed record BenchmarkContext
{
    /// <summary>What the user named as data.</summary>
    public required DataSource Source { get; init; }

    /// <summary>Split to score.</summary>
    public required string Split { get; init; }

    /// <summary>Settings of this run.</summary>
    public required SettingValues Settings { get; init; }

    /// <summary>Seed of everything random in this run.</summary>
    public required int Seed { get; init; }

    /// <summary>Where preparation reports its progress.</summary>
    public IProgress<ProgressReport>? Progress { get; init; }
}
