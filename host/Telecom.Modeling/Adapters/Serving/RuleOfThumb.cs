namespace Telecom.Modeling.Adapters.Serving;

/// <summary>
/// The choice without calibration: batched products where every adapter has equally many tokens, slices where the tokens are ragged or so many that
/// calls no longer count.
/// </summary>
public sealed class RuleOfThumb : IPathChooser
{
    private const int ManyTokens = 256;

    /// <inheritdoc/>
    public bool StacksAtOnce => false;

    /// <inheritdoc/>
    public ServingPath Choose(in MixedShape shape) =>
        shape.IsEven && shape.Tokens <= ManyTokens * shape.Runs ? ServingPath.Gathered : ServingPath.Segmented;
}
