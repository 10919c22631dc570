namespace Telecom.Host.Rest.Operations;

/// <summary>What sort of long work an operation is.</summary>
/// <param name="Name">As documents name it.</param>
/// <param name="MaxRunning">Operations of this kind that run at the same time; the others wait in the order they came.</param>
internal sealed record OperationKind(string Name, int MaxRunning)
{
    /// <summary>Predictions; most of their time they wait for the lanes.</summary>
    public static OperationKind Prediction { get; } = new("prediction", 16);

    /// <summary>Runs of a benchmark, which keep the executor busy.</summary>
    public static OperationKind Evaluation { get; } = new("evaluation", 1);
}
