namespace Telecom.Modeling.Adapters.Serving;

/// <summary>
/// The choice without calibration: batched products while every adapter has few tokens, where calls cost more than arithmetic, slices beyond. Equal runs
/// fall into few units; ragged ones into many, which repeat factors.
/// </summary>
public sealed class RuleOfThumb : IPathChooser
{
    private const int FewTokens = 64;

    /// <inheritdoc/>
    public bool StacksAtOnce => false;

    /// <inheritdoc/>
    public ServingPath Choose(in MixedShape shape) =>
        shape.Tokens <= FewTokens * shape.Units && shape.Units <= 2 * shape.Runs ? ServingPath.Gathered : ServingPath.Segmented;
}
