using Telecom.Sdk.Native;

namespace Telecom.Host.Terminal;

/// <summary>Settings from <c>telecom.json</c> in the working folder or from variables such as <c>Native__LibTorchPath</c>, and the <c>Native:</c> ones.</summary>
internal static class NativeSettings
{
    private const string File = "telecom.json";

    /// <returns>All settings.</returns>
    public static IConfiguration ReadAll() => new ConfigurationBuilder()
        .SetBasePath(Directory.GetCurrentDirectory())
        .AddJsonFile(File, optional: true)
        .AddEnvironmentVariables()
        .Build();

    /// <returns>The native settings; what is not set keeps the choice of the environment.</returns>
    public static NativeRuntimeOptions Read(IConfiguration settings)
    {
        var native = settings.GetSection("Native");
        var standard = new NativeRuntimeOptions();
        return standard with
        {
            LibTorchPath = native["LibTorchPath"] ?? standard.LibTorchPath,
            CacheFolder = native["CacheFolder"] ?? standard.CacheFolder,
            AllowOtherVersion = bool.TryParse(native["AllowOtherVersion"], out var allowed) ? allowed : standard.AllowOtherVersion,
        };
    }
}
