using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>What a policy learns from the records of a pool; the values of the setting <c>labels</c>.</summary>
internal static class LabelKind
{
    /// <summary>Soft where the pool has scores, levels otherwise.</summary>
    public const string Auto = "auto";

    /// <summary>Cross-entropy of the level that was played.</summary>
    public const string Levels = "levels";

    /// <summary>Cross-entropy against softmax(scores / temperature).</summary>
    public const string Soft = "soft";

    /// <summary>Expected regret, Σ_m p_m (max score − score_m).</summary>
    public const string Regret = "regret";

    /// <returns>One of the above.</returns>
    public static string Of(SettingValues settings) => settings.Choice(LearnedSettings.Labels, Auto, Levels, Soft, Regret);
}
