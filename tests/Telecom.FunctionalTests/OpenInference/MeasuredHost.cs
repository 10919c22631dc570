namespace Telecom.FunctionalTests.OpenInference;

/// <summary>A host that waits for batches to fill, and exports Triton's names too.</summary>
public sealed class MeasuredHost : ProtocolHost
{
    // Far longer than two requests that are sent together can be apart.
    protected override (string Name, string Value)[] Settings => [("Serving:MaxQueueDelayMs", "1000"), ("Metrics:TritonNames", "true")];
}
