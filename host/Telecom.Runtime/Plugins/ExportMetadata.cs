namespace Telecom.Runtime.Plugins;

/// <summary>Metadata of an export. Composition fills it and accepts nothing but a concrete class with settable properties.</summary>
internal sealed class ExportMetadata
{
    /// <summary>Id given to the export attribute; null when a bare <c>[Export]</c> was used.</summary>
    [System.ComponentModel.DefaultValue(null)]
    public string? Id { get; set; }
}
