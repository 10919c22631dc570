namespace Telecom.Plugins.Abr.Pool;

/// <summary>
/// Decisions of played sessions, session after session: what was seen before each, the level chosen, the reward of the chunk. Chunk 0 is not recorded.
/// </summary>
internal sealed record ExperiencePool
{
    /// <summary>Observations before the decisions, [N, 6, W] row-major, see <see cref="Observations.AbrObservation"/>.</summary>
    public required float[] States { get; init; }

    /// <summary>Columns W of an observation.</summary>
    public required int Width { get; init; }

    /// <summary>Levels M of the videos.</summary>
    public required int Levels { get; init; }

    /// <summary>Chosen levels, [N].</summary>
    public required byte[] Actions { get; init; }

    /// <summary>Rewards of the chosen chunks, [N], after the floor.</summary>
    public required float[] Rewards { get; init; }

    /// <summary>Whether a record is the last of its session, [N].</summary>
    public required bool[] Done { get; init; }

    /// <summary>
    /// How good every level would have been at each decision, [N, M] in units of reward, of which only differences within a row matter; NaN in rows that
    /// nobody judged, null where none was.
    /// </summary>
    public float[]? LevelScores { get; init; }

    /// <summary>Rewards below were raised to it; null where none was.</summary>
    public required double? RewardFloor { get; init; }

    /// <summary>Where the records come from, in their order.</summary>
    public required IReadOnlyList<PoolSource> Sources { get; init; }

    /// <summary>Number of records N.</summary>
    public int Count => Actions.Length;

    /// <summary>Scores of one record, [M]; empty where nobody judged it.</summary>
    public ReadOnlySpan<float> Scores(int record) =>
        LevelScores is not null && !float.IsNaN(LevelScores[record * Levels]) ? LevelScores.AsSpan(record * Levels, Levels) : [];

    /// <summary>Observation of one record, [6, W].</summary>
    public ReadOnlySpan<float> State(int record)
    {
        var size = Observations.AbrObservation.Features * Width;
        return States.AsSpan(record * size, size);
    }
}
