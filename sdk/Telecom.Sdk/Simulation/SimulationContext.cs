using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Sdk.Simulation;

/// <summary>What a simulator needs for one run.</summary>
/// <typeparam name="TIn">Request of the task.</typeparam>
/// <typeparam name="TOut">Answer of the task.</typeparam>
public sealed record SimulationContext<TIn, TOut>
{
    /// <summary>Scenario as given: a file, a folder, or <c>FILE#id</c>; null where the user named none.</summary>
    public string? Scenario { get; init; }

    /// <summary>What the user named as data.</summary>
    public required DataSource Source { get; init; }

    /// <summary>Method or other policy that acts; null leaves the choice to the scenario.</summary>
    public string? Policy { get; init; }

    /// <summary>Settings of this run.</summary>
    public required SettingValues Settings { get; init; }

    /// <summary>Seed of everything random in this run.</summary>
    public required int Seed { get; init; }

    /// <summary>The methods of the task.</summary>
    public required IMethodSource<TIn, TOut> Methods { get; init; }

    /// <summary>Where the run reports its progress.</summary>
    public IProgress<ProgressReport>? Progress { get; init; }
}
