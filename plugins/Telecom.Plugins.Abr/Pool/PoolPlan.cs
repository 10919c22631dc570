namespace Telecom.Plugins.Abr.Pool;

/// <summary>What a pool is collected with.</summary>
internal sealed record PoolPlan
{
    /// <summary>Behaviours; each plays every start of every trace with every video.</summary>
    public required IReadOnlyList<BehaviourSpec> Behaviours { get; init; }

    /// <summary>Starts per trace: that of the data set first, then random ones.</summary>
    public int StartsPerTrace { get; init; } = 4;

    /// <summary>Seed of starts, noise and behaviours.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Quantile of the rewards that lower ones are raised to; 0 for no floor.</summary>
    public double FloorQuantile { get; init; } = 0.01;

    /// <summary>How sessions differ from the data.</summary>
    public SessionVariation Variation { get; init; } = SessionVariation.None;

    /// <summary>Whether what the behaviours say of every level is recorded too.</summary>
    public bool HasScores { get; init; }

    /// <summary>Sessions at a time.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
