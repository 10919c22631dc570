namespace Telecom.Runtime.Plugins;

/// <summary>One place in a plugin directory: what lies there, and what became of it.</summary>
internal sealed class PluginSlot(string path)
{
    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Its stamp when it was taken last; null for a place where nothing lay.</summary>
    public string? Taken { get; set; }

    /// <summary>Its stamp when it was seen last.</summary>
    public string? Seen { get; set; }

    /// <summary>Timestamp since which it has looked like <see cref="Seen"/>.</summary>
    public long SeenSince { get; set; }

    /// <summary>Whether it must be read again although its stamp is the same.</summary>
    public bool IsTouched { get; set; }

    /// <summary>The version that serves.</summary>
    public PluginEntry? Serving { get; set; }

    /// <summary>The version that lies there but does not serve.</summary>
    public PluginEntry? Refused { get; set; }

    /// <summary>What lists show of this place: what lies there now.</summary>
    public PluginEntry? Latest => Refused ?? Serving;

    /// <summary>Whether it changed since it was taken.</summary>
    public bool IsPending => IsTouched || Seen != Taken;
}
