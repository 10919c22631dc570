using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Decides whether a plugin that fits shall be loaded: trust, the operator's switches, and what happened at the last run.</summary>
internal sealed class PluginPolicy(PluginTrust trust, PluginSwitches switches, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly DateTimeOffset startedAt = time.GetUtcNow();

    /// <summary>The operator's decisions.</summary>
    public PluginSwitches Switches => switches;

    /// <returns>Why it shall not be loaded; null to load it.</returns>
    public PluginHold? Check(PluginCandidate candidate)
    {
        var id = candidate.Manifest!.Id;
        if (switches.IsDisabled(id))
        {
            return new(PluginState.Disabled, ErrorCode.PluginUnavailable, "An operator switched it off.");
        }

        return trust.Check(candidate.Folder, candidate.Fingerprint!) ?? CheckCrashes(id, candidate.Fingerprint!);
    }

    /// <summary>Whether a version that is held for its crashes may try again.</summary>
    public bool IsTrialDue(string pluginId, string? fingerprint) =>
        switches.Crashes(pluginId, fingerprint) is var times and > 0 && time.GetUtcNow() >= TrialAt(times);

    public void Dispose() => trust.Dispose();

    private PluginHold? CheckCrashes(string id, string fingerprint)
    {
        var times = switches.Crashes(id, fingerprint);
        var wait = times == 0 ? TimeSpan.Zero : TrialAt(times) - time.GetUtcNow();
        return wait <= TimeSpan.Zero
            ? null
            : new(
                PluginState.Quarantined,
                ErrorCode.PluginUnavailable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The process died while its code ran ({times} times in a row). It is tried again in {Math.Ceiling(wait.TotalSeconds)} s.")
                + " An operator can clear the quarantine at once; another version is not concerned.");
    }

    private DateTimeOffset TrialAt(int times) =>
        startedAt + TimeSpan.FromSeconds(Math.Min(FirstWait.TotalSeconds * Math.Pow(2, times - 1), LongestWait.TotalSeconds));
}
