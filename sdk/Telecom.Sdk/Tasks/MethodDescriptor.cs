using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Tasks;

/// <summary>What a method is, for listing.</summary>
/// <param name="Id">kebab-case id, unique within the task.</param>
/// <param name="Kind">Analytic, network or adapted.</param>
/// <param name="Summary">One line: what it computes, and its source.</param>
/// <param name="Settings">Knobs of training and codec; empty for analytic methods.</param>
public sealed record MethodDescriptor(string Id, MethodKind Kind, string Summary, IReadOnlyList<SettingDescriptor> Settings);
