namespace Telecom.Sdk.Plugins;

/// <summary>Version of the contract between host and plugins; minor versions only add, major versions may break.</summary>
public static class SdkContract
{
    /// <summary>Major version; must be equal in host and plugin.</summary>
    public const int Major = 1;

    /// <summary>Minor version; the host's must not be below the plugin's.</summary>
    public const int Minor = 0;

    /// <summary><c>major.minor</c>.</summary>
    public const string Version = "1.0";
}
