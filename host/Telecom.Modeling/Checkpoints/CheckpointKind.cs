namespace Telecom.Modeling.Checkpoints;

/// <summary>What a checkpoint folder holds.</summary>
public enum CheckpointKind
{
    /// <summary>A base transformer: <c>config.json</c> and weights.</summary>
    Base,

    /// <summary>A trained method: card, settings, modules and, for adapted methods, an adapter.</summary>
    Bundle,

    /// <summary>An adapter alone, in PEFT layout.</summary>
    Adapter,
}
