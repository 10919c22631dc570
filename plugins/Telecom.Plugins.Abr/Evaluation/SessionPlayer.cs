using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>Plays sessions with any method: side by side, or in order where the published planner carries its errors from session to session.</summary>
internal static class SessionPlayer
{
    /// <inheritdoc cref="LockStep.Play"/>
    public static void Play(
        IReadOnlyList<PlaySession> sessions,
        AbrProfile profile,
        IMethod<AbrRequest, AbrDecision> method,
        double? targetScale,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        if (!profile.IsPublishedPlanner)
        {
            LockStep.Play(sessions, profile, method, targetScale, progress, cancellationToken);
            return;
        }

        for (var i = 0; i < sessions.Count; i++)
        {
            sessions[i].EarlierSession = i == 0 ? default : sessions[i - 1].CopyLog();
            LockStep.Play([sessions[i]], profile, method, targetScale, null, cancellationToken);
            progress?.Report(new("playing", i + 1, sessions.Count));
        }
    }
}
