namespace Telecom.Sdk.Native;

/// <summary>How the native tensor library came into this process.</summary>
public enum NativeRuntimeStatus
{
    /// <summary>Nobody asked for it yet.</summary>
    NotLoaded,

    /// <summary>The packaged files, unchanged.</summary>
    Plain,

    /// <summary>The packaged libtorch with a patched copy of the shim.</summary>
    Patched,

    /// <summary>A libtorch that the operator named; the shim is plain or patched as the report says.</summary>
    External,

    /// <summary>It could not be loaded.</summary>
    Failed,
}
