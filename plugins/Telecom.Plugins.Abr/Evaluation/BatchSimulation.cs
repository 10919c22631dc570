using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>Plays many sessions with a rule policy, in parallel; results come in the order of the sessions, whatever the order of playing.</summary>
internal static class BatchSimulation
{
    /// <param name="set">The sessions.</param>
    /// <param name="policyOf">Policy of each session.</param>
    /// <param name="seed">Seed of the noise.</param>
    /// <param name="parallelism">Sessions at a time; 1 where the published planner carries its errors from session to session.</param>
    /// <param name="progress">Told after every session.</param>
    /// <param name="cancellationToken">Looked at before every session.</param>
    public static SessionSummary[] Play(
        SessionSet set,
        Func<SessionSpec, IAbrPolicy> policyOf,
        int seed,
        int parallelism,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var summaries = new SessionSummary[set.Sessions.Count];
        var done = 0;
        if (set.Profile.IsPublishedPlanner)
        {
            PlayInOrder();
            return summaries;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
        Parallel.For(0, summaries.Length, options, i =>
        {
            var session = new PlaySession(set.Sessions[i], set.Profile, seed);
            session.Play(policyOf(set.Sessions[i]));
            summaries[i] = session.Summarise();
            progress?.Report(new("playing", Interlocked.Increment(ref done), summaries.Length));
        });
        return summaries;

        void PlayInOrder()
        {
            ReadOnlyMemory<PlayedChunk> earlier = default;
            for (var i = 0; i < summaries.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var session = new PlaySession(set.Sessions[i], set.Profile, seed) { EarlierSession = earlier };
                session.Play(policyOf(set.Sessions[i]));
                earlier = session.CopyLog();
                summaries[i] = session.Summarise();
                progress?.Report(new("playing", i + 1, summaries.Length));
            }
        }
    }
}
