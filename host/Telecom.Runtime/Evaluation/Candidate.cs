using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Evaluation;

/// <summary>One row of a report before it is scored.</summary>
/// <param name="Label">Method id; ablation rows name their base behind it.</param>
/// <param name="Method">The method.</param>
/// <param name="Folder">Bundle of a learned method; null when there is none for this base.</param>
/// <param name="Base">Base of an adapted method, as options name it.</param>
internal sealed record Candidate(string Label, MethodDescriptor Method, string? Folder, string Base)
{
    /// <returns>The row of this candidate.</returns>
    public MethodReport Report(string status, string? reason = null) => new()
    {
        Method = Label,
        Kind = KindName(Method.Kind),
        Status = status,
        Reason = reason,
    };

    private static string KindName(MethodKind kind) => kind switch
    {
        MethodKind.Analytic => "analytic",
        MethodKind.Network => "network",
        _ => "adapted",
    };
}
