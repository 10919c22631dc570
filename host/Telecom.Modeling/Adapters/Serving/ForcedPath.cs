namespace Telecom.Modeling.Adapters.Serving;

/// <summary>Always the same path, for comparisons and tests.</summary>
public sealed class ForcedPath(ServingPath path) : IPathChooser
{
    /// <inheritdoc/>
    public bool StacksAtOnce => true;

    /// <inheritdoc/>
    public ServingPath Choose(in MixedShape shape) => path;
}
