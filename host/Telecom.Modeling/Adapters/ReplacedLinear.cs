using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>A linear layer whose whole weight, and bias, the adapter brings along: y = W'x + b' instead of Wx + b.</summary>
/// <remarks>The base keeps its weight: what is added to its output is (W' - W)x + (b' - b).</remarks>
internal sealed class ReplacedLinear : AdaptedLinear
{
    private const string WeightName = "weight";
    private const string BiasName = "bias";
    private readonly LinearSite site;
    private readonly bool transposed;
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private Tensor? difference;
    private Tensor? biasDifference;

    /// <param name="site">The layer, with its weight.</param>
    /// <param name="transposed">Whether files hold the weight as [i, o].</param>
    public ReplacedLinear(LinearSite site, bool transposed)
    {
        this.site = site;
        this.transposed = transposed;
        var original = site.RequireWeight("modules_to_save");
        weight = Trainable(WeightName, transposed ? original.t() : original, site);
        bias = site.Bias is { } own ? Trainable(BiasName, own, site) : null;
    }

    public override bool AddsBias => bias is not null;

    protected override Tensor Compute(Tensor x, Tensor? y, bool training)
    {
        if (is_grad_enabled())
        {
            return nn.functional.linear(x, Difference(), BiasDifference());
        }

        difference ??= Difference().DetachFromDisposeScope();
        biasDifference ??= BiasDifference()?.DetachFromDisposeScope();
        return nn.functional.linear(x, difference, biasDifference);
    }

    public override Tensor DeltaWeight()
    {
        using var noGradient = no_grad();
        return Difference();
    }

    public override Tensor? DeltaBias()
    {
        using var noGradient = no_grad();
        return BiasDifference();
    }

    public override void Refresh()
    {
        difference?.Dispose();
        biasDifference?.Dispose();
        (difference, biasDifference) = (null, null);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Refresh();
    }

    private Tensor Difference() => (transposed ? weight.t() : weight).sub(site.Weight!);

    private Tensor? BiasDifference() => bias?.sub(site.Bias!);
}
