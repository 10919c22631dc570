using System.Globalization;
using Telecom.Sdk.Plugins;

namespace Telecom.Runtime.Plugins;

/// <summary>A contract version.</summary>
/// <param name="Major">Must be equal in host and plugin.</param>
/// <param name="Minor">The host's must not be below the plugin's.</param>
public readonly record struct PluginContract(int Major, int Minor)
{
    /// <summary>Contract of this host.</summary>
    public static PluginContract Host { get; } = new(SdkContract.Major, SdkContract.Minor);

    /// <summary>Whether this host can load a plugin of this contract.</summary>
    public bool FitsHost => Major == Host.Major && Minor <= Host.Minor;

    /// <summary>Reads <c>major.minor</c>.</summary>
    public static bool TryParse(string? text, out PluginContract contract)
    {
        var parts = text?.Split('.') ?? [];
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            contract = new(major, minor);
            return true;
        }

        contract = default;
        return false;
    }

    /// <returns><c>major.minor</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
