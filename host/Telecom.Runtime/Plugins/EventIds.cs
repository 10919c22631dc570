namespace Telecom.Runtime.Plugins;

/// <summary>Event ids of the loader: 1000 to 1999.</summary>
internal static class EventIds
{
    public const int PluginActive = 1000;
    public const int PluginRejected = 1001;
    public const int PluginWarning = 1002;
    public const int PluginUnloaded = 1003;
    public const int PluginUnloadPending = 1004;
    public const int PluginReleaseFailed = 1005;
}
