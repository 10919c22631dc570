namespace Telecom.Sdk.Native;

/// <summary>Where the native tensor library lies.</summary>
public sealed record NativeRuntimeOptions
{
    /// <summary>Environment variable behind <see cref="LibTorchPath"/>.</summary>
    public const string LibTorchPathVariable = "TELECOM_LIBTORCH_PATH";

    /// <summary>Environment variable behind <see cref="AllowOtherVersion"/>; <c>1</c> or <c>true</c>.</summary>
    public const string AllowOtherVersionVariable = "TELECOM_LIBTORCH_ANY_VERSION";

    /// <summary>Environment variable behind <see cref="CacheFolder"/>.</summary>
    public const string CacheFolderVariable = "TELECOM_NATIVE_CACHE";

    /// <summary>
    /// The <c>lib</c> folder of an installed libtorch or PyTorch (setting <c>Native:LibTorchPath</c>); null for the one packaged with the executable.
    /// </summary>
    public string? LibTorchPath { get; init; } = Variable(LibTorchPathVariable);

    /// <summary>
    /// Whether a libtorch of another version than <see cref="NativeRuntime.LibTorchVersion"/> is tried (setting <c>Native:AllowOtherVersion</c>).
    /// Symbols are checked all the same; the layout of data structures cannot be.
    /// </summary>
    public bool AllowOtherVersion { get; init; } =
        Variable(AllowOtherVersionVariable) is { } value && (value == "1" || string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Folder that keeps the patched shim (setting <c>Native:CacheFolder</c>); by default <c>telecom/native</c> in the user's local application data.
    /// </summary>
    public string CacheFolder { get; init; } = Variable(CacheFolderVariable) ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "telecom",
        "native");

    /// <summary>Folder of the executable and its native files.</summary>
    internal string BaseFolder { get; init; } = AppContext.BaseDirectory;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
