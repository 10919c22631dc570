namespace Telecom.Sdk.Settings;

/// <summary>A named knob of a method, dataset or benchmark, as <c>--set name=value</c> and <c>task.json</c> carry it.</summary>
/// <param name="Name">kebab-case name.</param>
/// <param name="Default">Value when nothing is set, in invariant culture.</param>
/// <param name="Description">What it does, with its unit and range.</param>
public sealed record SettingDescriptor(string Name, string Default, string Description);
