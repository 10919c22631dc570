using Telecom.Sdk.Native;

namespace Telecom.Host.Terminal;

/// <summary>
/// The <c>Native:</c> settings, from <c>telecom.json</c> in the working folder or from variables such as <c>Native__LibTorchPath</c>.
/// </summary>
internal static class NativeSettings
{
    private const string File = "telecom.json";

    /// <returns>The settings; what is not set keeps the choice of the environment.</returns>
    public static NativeRuntimeOptions Read()
    {
        var native = new ConfigurationBuilder()
            .SetBasePath(Directory.GetCurrentDirectory())
            .AddJsonFile(File, optional: true)
            .AddEnvironmentVariables()
            .Build()
            .GetSection("Native");
        var standard = new NativeRuntimeOptions();
        return standard with
        {
            LibTorchPath = native["LibTorchPath"] ?? standard.LibTorchPath,
            CacheFolder = native["CacheFolder"] ?? standard.CacheFolder,
            AllowOtherVersion = bool.TryParse(native["AllowOtherVersion"], out var allowed) ? allowed : standard.AllowOtherVersion,
        };
    }
}
