using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Methods;

/// <summary>A rule policy with its name.</summary>
/// <param name="Name">Id of its method.</param>
/// <param name="Summary">One line.</param>
/// <param name="Policy">The rule.</param>
/// <param name="NeedsHistory">Whether it looks at downloads.</param>
internal sealed record RulePolicy(string Name, string Summary, IAbrPolicy Policy, bool NeedsHistory = false)
{
    /// <summary>The rule as a method of the task.</summary>
    public RuleMethod Method => new(Name, Policy, NeedsHistory);
}
