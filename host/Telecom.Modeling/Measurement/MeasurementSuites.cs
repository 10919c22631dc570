namespace Telecom.Modeling.Measurement;

/// <summary>The suites of the host itself; those of tasks come from their plugins.</summary>
public static class MeasurementSuites
{
    public static IReadOnlyList<IMeasurementSuite> All { get; } = [new AdaptersSuite(), new ServingSuite(), new CheckpointSuite()];
}
