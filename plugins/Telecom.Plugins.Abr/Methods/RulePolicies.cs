using System.Globalization;
using Telecom.Plugins.Abr.Policies;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Methods;

/// <summary>The rule policies by name.</summary>
internal static class RulePolicies
{
    /// <summary>The policy that others are compared with.</summary>
    public const string Reference = "mpc";

    private const string FixedPrefix = "fixed";

    /// <summary>Methods of the task, in report order.</summary>
    public static IReadOnlyList<RulePolicy> All { get; } =
    [
        new("fixed0", "the lowest level always", new FixedLevel(0)),
        new("fixed3", "level 3 always", new FixedLevel(3)),
        new("rate", "highest level below the harmonic mean of the last five throughputs", new RateBased(), NeedsHistory: true),
        new("bba", "the level grows with the buffer from 5 s to 15 s (BBA, SIGCOMM 2014)", new BufferBased()),
        new("bola", "Lyapunov utility of the buffer, gp 5, Qmax 60 s (BOLA, INFOCOM 2016)", new Bola(5, 60)),
        new("bola-g2q40", "BOLA with gp 2, Qmax 40 s", new Bola(2, 40)),
        new(
            "mpc-jump",
            "RobustMPC as NetLLM and GENET compare with it: plans step by one level, sizes are read one chunk late",
            new ModelPredictive(isJumpLimited: true),
            NeedsHistory: true),
        new(Reference, "RobustMPC over all plans of five chunks (SIGCOMM 2015)", new ModelPredictive(), NeedsHistory: true),
    ];

    /// <param name="name">Name of a rule, or <c>fixedN</c> for any level N.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>, listing the rules.</exception>
    public static RulePolicy Get(string name) => TryGet(name) ?? throw new TelecomException(
        ErrorCode.NotFound,
        $"There is no rule policy '{name}'. Rule policies: {string.Join(", ", All.Select(rule => rule.Name))}, and {FixedPrefix}N for level N.");

    /// <returns>The rule; null when there is none of that name.</returns>
    public static RulePolicy? TryGet(string name)
    {
        if (All.FirstOrDefault(rule => rule.Name == name) is { } known)
        {
            return known;
        }

        var isFixed = name.StartsWith(FixedPrefix, StringComparison.Ordinal)
            & int.TryParse(name.AsSpan(Math.Min(FixedPrefix.Length, name.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var level);
        return isFixed ? new(name, $"level {level} always", new FixedLevel(level)) : null;
    }
}
