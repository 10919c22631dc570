using System.Globalization;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr.Simulation;

/// <summary>
/// Plays sessions side by side: one batch of requests per chunk index, so that a learned policy needs K − 1 forwards however many sessions there are.
/// </summary>
internal static class LockStep
{
    /// <summary>Plays every session to its end.</summary>
    /// <param name="sessions">Sessions of any videos, before chunk 0.</param>
    /// <param name="profile">Names the level of chunk 0.</param>
    /// <param name="method">Decides; a request shares the log of its session.</param>
    /// <param name="targetScale">Target return of a return-conditioned policy; null for its default.</param>
    /// <param name="progress">Told after every chunk index.</param>
    /// <param name="cancellationToken">Looked at before every chunk index.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginFault"/>: the method answered with a level that does not exist.</exception>
    public static void Play(
        IReadOnlyList<PlaySession> sessions,
        AbrProfile profile,
        IMethod<AbrRequest, AbrDecision> method,
        double? targetScale,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        foreach (var session in sessions)
        {
            session.Step(profile.FirstLevel);
        }

        var playing = sessions.Where(session => !session.IsDone).ToArray();
        var longest = playing.Length == 0 ? 0 : playing.Max(session => session.Spec.Video.Chunks);
        var (requests, answers) = (new AbrRequest[playing.Length], new AbrDecision[playing.Length]);
        for (var chunk = 1; playing.Length > 0; chunk++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < playing.Length; i++)
            {
                requests[i] = playing[i].Request(targetScale);
            }

            method.Predict(requests.AsSpan(0, playing.Length), answers.AsSpan(0, playing.Length));
            for (var i = 0; i < playing.Length; i++)
            {
                playing[i].Step(LevelOf(answers[i], playing[i]));
            }

            playing = Array.FindAll(playing, session => !session.IsDone);
            progress?.Report(new("playing", chunk, longest - 1));
        }
    }

    private static int LevelOf(AbrDecision answer, PlaySession session) =>
        answer.Level >= 0 && answer.Level < session.Spec.Video.Levels
            ? answer.Level
            : throw new TelecomException(
                ErrorCode.PluginFault,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Policy '{answer.Policy}' answered level {answer.Level} for chunk {session.State.Chunk} of {session.Spec.TraceName}, ")
                + "which the video does not have. Its weights or its code are at fault, not the data.");
}
