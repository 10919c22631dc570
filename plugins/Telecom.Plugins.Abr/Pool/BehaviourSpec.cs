using System.Globalization;
using Telecom.Plugins.Abr.Hindsight;
using Telecom.Plugins.Abr.Methods;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>
/// A behaviour by name: a rule policy, <c>hindsight</c>, <c>uniform</c> or <c>near</c>, followed by any number of <c>~other:p</c>, each of which lets
/// the other one decide with probability p. A rule policy with <c>+rollout</c> scores levels by playing on with each. Example:
/// <c>mpc+rollout~near:0.15</c>.
/// </summary>
/// <param name="Text">The name.</param>
internal sealed record BehaviourSpec(string Text)
{
    /// <summary>The planner that knows the trace.</summary>
    public const string Hindsight = "hindsight";

    private const string Uniform = "uniform";
    private const string Near = "near";
    private const string Rollout = "+rollout";

    /// <summary>Makes the behaviour of one session.</summary>
    /// <param name="planner">Planner of the calling thread.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/> or <see cref="ErrorCode.InvalidInput"/> naming the wrong part.</exception>
    public IBehaviour Create(HindsightPlanner planner)
    {
        var parts = Text.Split('~');
        var behaviour = Single(parts[0], planner);
        foreach (var part in parts.Skip(1))
        {
            var colon = part.LastIndexOf(':');
            var probability = double.NaN;
            if (colon < 0
                || !double.TryParse(part.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out probability)
                || probability is not (>= 0 and <= 1))
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput, $"Behaviour '{Text}' is not valid: '~{part}' must be ~name:probability with a probability from 0 to 1.");
            }

            behaviour = new MixedBehaviour(behaviour, Single(part[..colon], planner), probability);
        }

        return behaviour;
    }

    private static IBehaviour Single(string name, HindsightPlanner planner) => name switch
    {
        Hindsight => new HindsightBehaviour(planner),
        Uniform => new UniformBehaviour(),
        Near => new NearBehaviour(),
        _ when name.EndsWith(Rollout, StringComparison.Ordinal) => new RolloutBehaviour(RulePolicies.Get(name[..^Rollout.Length]).Policy),
        _ => new RuleBehaviour(RulePolicies.Get(name).Policy),
    };
}
