using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>y += s B A dropout(x), less s B₀ A₀ x where the method moved a part B₀ A₀ of W into the adapter.</summary>
/// <remarks>
/// Taking the start off the output stands in for the residual weight W - s B₀ A₀ of PiSSA and OLoRA: the shared base is never written, and what is
/// served is a plain adapter of rank 2r.
/// </remarks>
internal sealed class LoraLinear : AdaptedLinear
{
    public const string NameA = "lora_A.weight";
    public const string NameB = "lora_B.weight";
    public const string NameBias = "lora_B.bias";

    private readonly Tensor a;
    private readonly Tensor b;
    private readonly Tensor? bias;
    private readonly Tensor? startA;
    private readonly Tensor? startB;
    private readonly Scalar scale;
    private readonly double scaleValue;
    private readonly double dropout;

    /// <param name="site">The layer.</param>
    /// <param name="settings">Rank, scale and dropout.</param>
    /// <param name="a">[r, i].</param>
    /// <param name="b">[o, r].</param>
    /// <param name="replaces">Whether s B A is already contained in W.</param>
    public LoraLinear(LinearSite site, LinearSettings settings, Tensor a, Tensor b, bool replaces = false)
    {
        this.a = Trainable(NameA, a, site);
        this.b = Trainable(NameB, b, site);
        bias = settings.OutputBias ? Trainable(NameBias, zeros([site.Outputs]), site) : null;
        (startA, startB) = replaces ? (Frozen("start_A", a, site), Frozen("start_B", b, site)) : (null, null);
        scale = scaleValue = settings.Scale;
        dropout = settings.Dropout;
    }

    public override bool AddsBias => bias is not null;

    protected override Tensor Compute(Tensor x, Tensor? y, bool training)
    {
        // The scale meets the product at its narrow waist, [N, r].
        var input = Dropped(x, dropout, training);
        var delta = nn.functional.linear(nn.functional.linear(input, a).mul(scale), b);
        delta = bias is null ? delta : delta.Plus(bias.mul(scale));
        return startA is null ? delta : delta.sub(nn.functional.linear(nn.functional.linear(x, startA).mul(scale), startB!));
    }

    public override Tensor DeltaWeight()
    {
        using var scope = NewDisposeScope();
        var factors = Factors();
        return factors.B.mm(factors.A).MoveToOuterDisposeScope();
    }

    public override Tensor? DeltaBias()
    {
        using var noGradient = no_grad();
        return bias?.mul(scale);
    }

    public override LowRankFactors? LowRank() => bias is null ? Factors() : null;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        scale.Dispose();
    }

    private LowRankFactors Factors()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (servedA, servedB) = (a.detach().clone(), b.Times(scaleValue));
        if (startA is not null)
        {
            (servedA, servedB) = (cat([servedA, startA], 0), cat([servedB, startB!.Times(-scaleValue)], 1));
        }

        return new LowRankFactors(servedA.MoveToOuterDisposeScope(), servedB.MoveToOuterDisposeScope());
    }
}
