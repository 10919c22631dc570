using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Simulation;

/// <summary>What a simulator runs and what can be set.</summary>
/// <param name="Description">What it simulates, and the members of a scenario.</param>
/// <param name="Settings">Settings of <c>simulate --set</c>.</param>
public sealed record SimulatorDescriptor(string Description, IReadOnlyList<SettingDescriptor> Settings);
