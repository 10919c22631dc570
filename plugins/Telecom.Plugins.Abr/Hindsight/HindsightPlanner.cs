using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Hindsight;

/// <summary>
/// Plans a whole session with the trace known: forward dynamic programming over (last level, buffer in bins of 0.2 s), where the better of two paths that
/// meet in a bin stays, with its exact player state. What it finds was played in the simulator, so it is attainable; what merging loses makes it no
/// strict bound, but one within a hundredth.
/// </summary>
/// <remarks>Keeps its tables between plans; one instance per thread.</remarks>
internal sealed class HindsightPlanner
{
    private const double BinMs = 200;

    private double[] values = [];
    private double[] nextValues = [];
    private PlaybackState[] states = [];
    private PlaybackState[] nextStates = [];
    private int[] parents = [];

    /// <summary>Plans a session from its start.</summary>
    /// <param name="spec">Trace, start and video.</param>
    /// <param name="profile">Constants of player and metric; noise is left out.</param>
    /// <param name="atLeast">Policies whose sessions the plan must not fall below; they are tried as they are.</param>
    /// <returns>Level of every chunk, [K].</returns>
    public int[] Plan(SessionSpec spec, AbrProfile profile, params IEnumerable<IAbrPolicy> atLeast)
    {
        var quiet = profile with { DelayNoise = 0 };
        var simulator = new ChunkSimulator(spec.Timeline, spec.Video, quiet);
        var levels = new int[spec.Video.Chunks];
        var state = simulator.Start(spec.StartPointer);
        levels[0] = profile.FirstLevel;
        simulator.Step(ref state, profile.FirstLevel);
        PlanFrom(simulator, state, levels);
        var best = Total(spec, quiet, levels);
        foreach (var policy in atLeast)
        {
            var session = new PlaySession(spec, quiet, seed: 0);
            session.Play(policy);
            var summary = session.Summarise();
            if (summary.Qoe > best)
            {
                (best, levels) = (summary.Qoe, [.. summary.Levels]);
            }
        }

        return levels;
    }

    /// <summary>Plans the rest of a session from any state.</summary>
    /// <param name="simulator">Trace, video and profile.</param>
    /// <param name="state">After chunk 0 at least.</param>
    /// <param name="levels">[K]; the entries from the state's chunk on are written.</param>
    public void PlanFrom(ChunkSimulator simulator, PlaybackState state, Span<int> levels)
    {
        var chunks = simulator.Video.Chunks;
        var bins = (int)((simulator.Profile.BufferCapMs + simulator.Video.ChunkMs) / BinMs) + 1;
        Begin(simulator.Video, bins);
        Keep(values, states, Slot(state, bins), 0, state);
        for (var chunk = state.Chunk; chunk < chunks; chunk++)
        {
            Advance(simulator, chunk, bins);
        }

        var slot = values.AsSpan().IndexOf(values.Max());
        for (var chunk = chunks - 1; chunk >= state.Chunk; chunk--)
        {
            levels[chunk] = slot / bins;
            slot = parents[(chunk * values.Length) + slot];
        }
    }

    private static double Total(SessionSpec spec, AbrProfile profile, int[] levels)
    {
        var session = new PlaySession(spec, profile, seed: 0);
        foreach (var level in levels)
        {
            session.Step(level);
        }

        return session.Summarise().Qoe;
    }

    private static int Slot(in PlaybackState state, int bins) =>
        (state.LastLevel * bins) + Math.Min(bins - 1, (int)(state.BufferMs / BinMs));

    private static bool Keep(double[] table, PlaybackState[] kept, int slot, double value, in PlaybackState state)
    {
        if (value <= table[slot])
        {
            return false;
        }

        (table[slot], kept[slot]) = (value, state);
        return true;
    }

    private void Begin(PlayableVideo video, int bins)
    {
        var slots = video.Levels * bins;
        if (values.Length != slots || parents.Length < slots * video.Chunks)
        {
            (values, nextValues) = (new double[slots], new double[slots]);
            (states, nextStates) = (new PlaybackState[slots], new PlaybackState[slots]);
            parents = new int[slots * video.Chunks];
        }

        Array.Fill(values, double.NegativeInfinity);
    }

    private void Advance(ChunkSimulator simulator, int chunk, int bins)
    {
        Array.Fill(nextValues, double.NegativeInfinity);
        var back = parents.AsSpan(chunk * values.Length, values.Length);
        for (var slot = 0; slot < values.Length; slot++)
        {
            for (var level = 0; values[slot] > double.NegativeInfinity && level < simulator.Video.Levels; level++)
            {
                var state = states[slot];
                var played = simulator.Step(ref state, level);
                var next = Slot(state, bins);
                if (Keep(nextValues, nextStates, next, values[slot] + played.Reward, state))
                {
                    back[next] = slot;
                }
            }
        }

        (values, nextValues) = (nextValues, values);
        (states, nextStates) = (nextStates, states);
    }
}
