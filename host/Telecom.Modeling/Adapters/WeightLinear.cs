using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>An adapter whose ΔW is dense: computed afresh where gradients flow through it, kept between calls where none do.</summary>
internal abstract class WeightLinear(double dropout) : AdaptedLinear
{
    private Tensor? cached;

    protected sealed override Tensor Compute(Tensor x, Tensor? y, bool training)
    {
        var input = Dropped(x, dropout, training);
        if (is_grad_enabled())
        {
            return nn.functional.linear(input, Change());
        }

        cached ??= DeltaWeight().DetachFromDisposeScope();
        return nn.functional.linear(input, cached);
    }

    public sealed override Tensor DeltaWeight()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        // A copy: what a method returns may be a view of its parameters.
        return Change().clone().MoveToOuterDisposeScope();
    }

    public override void Refresh()
    {
        cached?.Dispose();
        cached = null;
    }

    /// <returns>ΔW as a function of the parameters, [o, i].</returns>
    protected abstract Tensor Change();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Refresh();
    }
}
