namespace Telecom.Runtime.Plugins;

/// <summary>Where a plugin stands in its life.</summary>
public enum PluginState
{
    /// <summary>A folder was found.</summary>
    Discovered,

    /// <summary>Manifest and assemblies were read without running anything, and fit this host.</summary>
    Verified,

    /// <summary>Its assemblies are being loaded.</summary>
    Loading,

    /// <summary>It serves.</summary>
    Active,

    /// <summary>It takes no new requests and finishes those it has.</summary>
    Draining,

    /// <summary>Its objects are being released.</summary>
    Unloading,

    /// <summary>Nothing of it is left in the process.</summary>
    Unloaded,

    /// <summary>An operator switched it off.</summary>
    Disabled,

    /// <summary>Manifest, contract or exports do not fit this host.</summary>
    Rejected,

    /// <summary>It needs another base transformer.</summary>
    Incompatible,

    /// <summary>Its code failed too often.</summary>
    Quarantined,

    /// <summary>A newer version serves.</summary>
    Superseded,

    /// <summary>It was released, but something still holds its assemblies in memory.</summary>
    UnloadPending,
}
