namespace Telecom.Runtime.Plugins;

/// <summary>Kinds of entries in <c>tasks</c> of a manifest.</summary>
public enum ManifestTaskKind
{
    /// <summary>A task that predicts.</summary>
    Predict,

    /// <summary>A task whose methods can be trained; one task may be listed as both.</summary>
    Train,

    /// <summary>A dataset.</summary>
    Dataset,
}
