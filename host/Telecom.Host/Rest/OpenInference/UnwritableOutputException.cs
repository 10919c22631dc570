using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>The answer exists but cannot be told in the form that was asked for; the message is for the caller.</summary>
internal sealed class UnwritableOutputException(string message) : TelecomException(ErrorCode.PluginFault, message);
