namespace Telecom.Host.Commands;

/// <summary>Names within the state folder that the command line uses.</summary>
internal static class StateFolder
{
    /// <summary>The store of predictions.</summary>
    public const string Store = "telecom.db";

    /// <summary>
    /// User plugins, unless <c>--plugins</c> names other folders. Not <c>plugins</c>, where the runtime keeps the copies that it loads.
    /// </summary>
    public const string Plugins = "user-plugins";
}
