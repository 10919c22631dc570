using Telecom.Sdk.Datasets;
using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Training;

/// <summary>What a learned method needs to read its training data.</summary>
public sealed record TrainingContext
{
    /// <summary>What the user named as data.</summary>
    public required DataSource Source { get; init; }

    /// <summary>The method's settings of this run.</summary>
    public required SettingValues Settings { get; init; }

    /// <summary>Seed of everything random in this run.</summary>
    public required int Seed { get; init; }

    /// <summary>Where reading reports its progress.</summary>
    public IProgress<ProgressReport>? Progress { get; init; }
}
