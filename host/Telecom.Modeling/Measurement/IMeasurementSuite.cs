using Telecom.Sdk.Training;

namespace Telecom.Modeling.Measurement;

/// <summary>A set of speed measurements that <c>telecom bench</c> runs by name.</summary>
public interface IMeasurementSuite
{
    /// <summary>Short name, e.g. <c>adapters</c>.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Description { get; }

    /// <summary>Measures everything. Executor thread only, with one thread per tensor operation.</summary>
    /// <param name="progress">Told before every round.</param>
    /// <param name="cancellationToken">Looked at before every round.</param>
    IReadOnlyList<MeasurementTable> Run(IProgress<ProgressReport> progress, CancellationToken cancellationToken);
}
