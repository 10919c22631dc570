namespace Telecom.Runtime.Training;

/// <summary>One training run.</summary>
public sealed record TrainingRequest
{
    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Learned method.</summary>
    public required string Method { get; init; }

    /// <summary>Data folder or dataset id as the user gave it; null for the task's sample dataset.</summary>
    public string? Data { get; init; }

    /// <summary>Bundle folder to write; null for the next version in the bundle store of the state folder.</summary>
    public string? OutputDirectory { get; init; }

    /// <summary>Settings of the method and of the optimiser, plus <c>base</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Continues the checkpoint that an interrupted run left in the output folder.</summary>
    public bool Resume { get; init; }

    /// <summary>The command line, for the card.</summary>
    public required string Command { get; init; }
}
