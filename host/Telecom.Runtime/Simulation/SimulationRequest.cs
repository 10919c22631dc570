namespace Telecom.Runtime.Simulation;

/// <summary>One run of a task's simulator.</summary>
public sealed record SimulationRequest
{
    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Scenario file, folder or <c>FILE#id</c>; null for none.</summary>
    public string? Scenario { get; init; }

    /// <summary>Data folder or dataset id as the user gave it; null for none.</summary>
    public string? Data { get; init; }

    /// <summary>Method or other policy that acts; null leaves the choice to the scenario.</summary>
    public string? Policy { get; init; }

    /// <summary>Settings of the simulator.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;
}
