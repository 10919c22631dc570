namespace Telecom.Sdk.Plugins;

/// <summary>Marks an assembly as the main assembly of a plugin; the SDK's build targets add it. The host reads it without running anything.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TelecomPluginAttribute(string contract) : Attribute
{
    /// <summary>Contract version the plugin was compiled against, <c>major.minor</c>.</summary>
    public string Contract { get; } = contract;
}
