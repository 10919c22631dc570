namespace Telecom.Runtime.Adapters;

/// <summary>Where one version of an adapter is (adapters.md 5.1).</summary>
public enum AdapterState
{
    /// <summary>Known, not in memory; the first request loads it.</summary>
    Registered,

    /// <summary>Being read, checked or placed.</summary>
    Loading,

    /// <summary>Checked and in host memory.</summary>
    Ready,

    /// <summary>On the device: it serves.</summary>
    Resident,

    /// <summary>Replaced or removed, while requests that came before finish on it.</summary>
    Draining,

    /// <summary>Gone; its memory is free.</summary>
    Unloaded,

    /// <summary>Its files are wrong, or it gave values that are not finite: requests for it are refused.</summary>
    Faulted,
}
