namespace Telecom.Client.Documents;

/// <summary>A named knob of a method, dataset or benchmark.</summary>
/// <param name="Name">kebab-case name.</param>
/// <param name="Default">Value when nothing is set, in invariant culture.</param>
/// <param name="Description">What it does, with its unit and range.</param>
public sealed record SettingInfo(string Name, string Default, string Description);
