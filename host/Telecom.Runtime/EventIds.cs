namespace Telecom.Runtime;

/// <summary>Event ids of this assembly: 1000 to 1999 loader, 2000 to 2999 serving.</summary>
internal static class EventIds
{
    public const int PluginActive = 1000;
    public const int PluginRejected = 1001;
    public const int PluginWarning = 1002;
    public const int PluginMoved = 1003;
    public const int PluginUnloadPending = 1004;
    public const int PluginReleaseFailed = 1005;
    public const int PluginQuarantined = 1006;
    public const int PluginScanFailed = 1007;
    public const int WarmUpFailed = 2000;
    public const int AdapterMoved = 2001;
    public const int AdapterFaulted = 2002;
    public const int AdapterLeftOut = 2003;
}
