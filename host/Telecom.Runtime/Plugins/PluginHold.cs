using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Why a plugin that fits is not loaded all the same.</summary>
/// <param name="State">Disabled, quarantined or rejected.</param>
/// <param name="Code">Kind of refusal.</param>
/// <param name="Reason">In words, with what to do about it.</param>
internal sealed record PluginHold(PluginState State, ErrorCode Code, string Reason);
