using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;

namespace Telecom.Host.Documents;

/// <summary>Words that documents use for the values of enumerations.</summary>
internal static class WireNames
{
    public static string WireName(this MethodKind kind) => kind switch
    {
        MethodKind.Analytic => "analytic",
        MethodKind.Network => "network",
        MethodKind.Adapted => "adapted",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No name on the wire."),
    };

    public static string WireName(this CheckpointKind kind) => kind switch
    {
        CheckpointKind.Base => "base",
        CheckpointKind.Bundle => "bundle",
        CheckpointKind.Adapter => "adapter",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No name on the wire."),
    };

    public static string WireName(this DatasetOrigin origin) => origin switch
    {
        DatasetOrigin.Measured => "measured",
        DatasetOrigin.Generated => "generated",
        _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "No name on the wire."),
    };
}
