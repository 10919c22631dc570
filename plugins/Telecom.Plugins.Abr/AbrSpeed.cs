using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Methods;
using Telecom.Plugins.Abr.Policies;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Measurements;

namespace Telecom.Plugins.Abr;

/// <summary>Speed of the simulator and of the rule policies on generated traces, against what the specification asks for.</summary>
internal sealed class AbrSpeed : ISpeedSuite<AbrRequest, AbrDecision>
{
    public string Description => "streaming sessions on generated traces, one thread";

    public async ValueTask<IReadOnlyList<SpeedCase>> PrepareAsync(
        SpeedContext<AbrRequest, AbrDecision> context, CancellationToken cancellationToken)
    {
        var source = new DataSource(context.Datasets, null, null);
        var links = await SessionLoader.ReadLinksAsync(source, SessionLoader.TestSplit, seed: 1, cancellationToken).ConfigureAwait(false);
        return Cases(links, ShippedVideos.Find(ShippedVideos.Sample)!);
    }

    /// <summary>The cases on given sessions, one session per trace.</summary>
    public static IReadOnlyList<SpeedCase> Cases(IReadOnlyList<LinkTimeline> links, PlayableVideo video)
    {
        var specs = links.Select((link, i) => new SessionSpec(link, video, SessionLoader.Start(link), i)).ToArray();
        var sessions = Array.ConvertAll(specs, spec => new PlaySession(spec, AbrProfile.NetLlm, seed: 1));
        var fast = Array.ConvertAll(specs, spec => new PlaySession(spec, AbrProfile.NetLlm, seed: 1, isFast: true));
        var chunks = specs.Length * video.Chunks;
        return
        [
            new("environment, trace walked", chunks, () => PlayFixed(sessions)) { TargetMicroseconds = 0.25, AllowedBytes = 0 },
            new("environment, running sums", chunks, () => PlayFixed(fast)) { TargetMicroseconds = 0.25, AllowedBytes = 0 },
            new("bba session loop", chunks, Loop(sessions, new BufferBased())) { TargetMicroseconds = 0.5, AllowedBytes = 0 },
            new("bola session loop", chunks, Loop(sessions, new Bola(5, 60))) { AllowedBytes = 0 },
            new("rate session loop", chunks, Loop(sessions, new RateBased())) { AllowedBytes = 0 },
            new("mpc session loop", chunks, Loop(sessions, new ModelPredictive())) { TargetMicroseconds = 30, AllowedBytes = 0 },
            new("mpc-jump session loop", chunks, Loop(sessions, new ModelPredictive(isJumpLimited: true))) { TargetMicroseconds = 30, AllowedBytes = 0 },
            Decisions("mpc decision", sessions, RulePolicies.Get(RulePolicies.Reference).Policy),
        ];
    }

    // Levels walk up and down, so that chunks of all sizes are downloaded and the buffer fills and empties.
    private static void PlayFixed(PlaySession[] sessions)
    {
        foreach (var session in sessions)
        {
            session.Reset();
            for (var chunk = 0; !session.IsDone; chunk++)
            {
                session.Step(chunk % 4);
            }
        }
    }

    private static Action Loop(PlaySession[] sessions, IAbrPolicy policy) => () =>
    {
        foreach (var session in sessions)
        {
            session.Reset();
            session.Play(policy);
        }
    };

    // All decisions of the played sessions again, without the simulator.
    private static SpeedCase Decisions(string name, PlaySession[] sessions, IAbrPolicy policy)
    {
        Loop(sessions, policy)();
        var requests = sessions.SelectMany(Requests).ToArray();
        return new(name, requests.Length, () =>
        {
            foreach (var request in requests)
            {
                policy.Decide(request.Point);
            }
        })
        {
            TargetMicroseconds = 30,
            AllowedBytes = 0,
        };
    }

    private static IEnumerable<AbrRequest> Requests(PlaySession session)
    {
        var log = session.CopyLog();
        for (var chunk = 1; chunk < log.Length; chunk++)
        {
            yield return new()
            {
                Video = session.Spec.Video,
                Profile = AbrProfile.NetLlm,
                Chunk = chunk,
                LastLevel = log[chunk - 1].Level,
                BufferSeconds = log[chunk - 1].BufferSeconds,
                Played = log.AsMemory(0, chunk),
            };
        }
    }
}
