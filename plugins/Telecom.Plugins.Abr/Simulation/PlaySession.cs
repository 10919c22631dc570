using Telecom.Plugins.Abr.Contracts;

namespace Telecom.Plugins.Abr.Simulation;

/// <summary>One session in the simulator with its log. Allocates when it is made and never again.</summary>
internal sealed class PlaySession
{
    private readonly ChunkSimulator simulator;
    private readonly PlayedChunk[] played;
    private PlaybackState state;
    private DelayNoise noise;

    /// <param name="spec">What is played.</param>
    /// <param name="profile">Constants of player and link.</param>
    /// <param name="seed">Seed of the noise, if the profile has any.</param>
    /// <param name="isFast">See <see cref="ChunkSimulator"/>.</param>
    public PlaySession(SessionSpec spec, AbrProfile profile, int seed, bool isFast = false)
    {
        Spec = spec;
        Seed = seed;
        simulator = new(spec.Timeline, spec.Video, profile, isFast);
        played = new PlayedChunk[spec.Video.Chunks];
        Reset();
    }

    /// <summary>What is played.</summary>
    public SessionSpec Spec { get; }

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; }

    /// <summary>Player and link.</summary>
    public ChunkSimulator Simulator => simulator;

    /// <summary>Where the session stands.</summary>
    public PlaybackState State => state;

    /// <summary>Whether all chunks are played.</summary>
    public bool IsDone => state.Chunk >= played.Length;

    /// <summary>Chunks played so far, oldest first.</summary>
    public ReadOnlySpan<PlayedChunk> Played => played.AsSpan(0, state.Chunk);

    /// <summary>The session that the mode of published figures remembers; empty otherwise.</summary>
    public ReadOnlyMemory<PlayedChunk> EarlierSession { get; set; }

    /// <summary>See <see cref="AbrRequest.SampleSeed"/>.</summary>
    public int? SampleSeed { get; init; }

    /// <summary>What a policy sees now.</summary>
    public DecisionPoint Point => new()
    {
        Video = simulator.Video,
        Profile = simulator.Profile,
        Chunk = state.Chunk,
        LastLevel = state.LastLevel,
        BufferSeconds = state.BufferMs / 1000,
        Played = Played,
        EarlierSession = EarlierSession.Span,
    };

    /// <summary>Goes back to before chunk 0.</summary>
    public void Reset()
    {
        state = simulator.Start(Spec.StartPointer);
        noise = new(simulator.Profile.DelayNoise, Seed, Spec.Index);
    }

    /// <summary>Downloads the next chunk.</summary>
    public ref readonly PlayedChunk Step(int level)
    {
        ref var entry = ref played[state.Chunk];
        entry = simulator.Step(ref state, level, noise.Next());
        return ref entry;
    }

    /// <summary>Plays what is left: chunk 0 at the profile's first level, the rest as the policy says.</summary>
    public void Play(IAbrPolicy policy)
    {
        if (state.Chunk == 0)
        {
            Step(simulator.Profile.FirstLevel);
        }

        while (!IsDone)
        {
            Step(policy.Decide(Point));
        }
    }

    /// <returns>The request that asks for the level of the next chunk. It shares the log, which only grows.</returns>
    public AbrRequest Request(double? targetScale = null) => new()
    {
        Video = simulator.Video,
        Profile = simulator.Profile,
        Chunk = state.Chunk,
        LastLevel = state.LastLevel,
        BufferSeconds = state.BufferMs / 1000,
        Played = played.AsMemory(0, state.Chunk),
        EarlierSession = EarlierSession,
        TargetScale = targetScale,
        SampleSeed = SampleSeed,
    };

    /// <returns>A copy of the log.</returns>
    public PlayedChunk[] CopyLog() => Played.ToArray();

    /// <returns>The figures of the session, which must be done.</returns>
    public SessionSummary Summarise() => SessionSummary.Of(Played, simulator.Video, simulator.Profile);
}
