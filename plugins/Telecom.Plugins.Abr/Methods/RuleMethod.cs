using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Abr.Methods;

/// <summary>A rule policy as a method of the task.</summary>
/// <param name="name">Id of the method.</param>
/// <param name="policy">The rule.</param>
/// <param name="needsHistory">Whether the rule looks at downloads: without any it starts at the lowest level, and the answer says so.</param>
internal sealed class RuleMethod(string name, IAbrPolicy policy, bool needsHistory = false) : IMethod<AbrRequest, AbrDecision>
{
    /// <summary>The rule.</summary>
    public IAbrPolicy Policy => policy;

    public void Predict(ReadOnlySpan<AbrRequest> batch, Span<AbrDecision> results)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            var isColdStart = needsHistory && batch[i].Played.IsEmpty;
            var level = isColdStart ? 0 : policy.Decide(batch[i].Point);
            results[i] = new()
            {
                Level = level,
                BitrateKbps = batch[i].Video.BitratesKbps[level],
                Policy = name,
                IsColdStart = isColdStart,
            };
        }
    }
}
