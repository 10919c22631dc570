using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>One frozen layer of GPT-2: h += Wo attention(LN(h)); h += W2 gelu(W1 LN(h)), every projection with a bias.</summary>
internal sealed class Gpt2Layer : IDisposable
{
    private static readonly double Slope = Math.Sqrt(2 / Math.PI);

    private readonly int index;
    private readonly long headSize;
    private readonly LayerNorm attentionNorm;
    private readonly LayerNorm feedForwardNorm;
    private readonly (Tensor Weight, Tensor Bias) fused;
    private readonly (Tensor Weight, Tensor Bias) output;
    private readonly (Tensor Weight, Tensor Bias) inner;
    private readonly (Tensor Weight, Tensor Bias) outer;
    private readonly Scalar slope = Slope;
    private readonly Scalar cubicSlope = Slope * 0.044715;
    private readonly Scalar half = 0.5;
    private readonly Scalar one = 1.0;

    public Gpt2Layer(BaseWeights weights, int index)
    {
        this.index = index;
        headSize = weights.Configuration.HeadSize;
        LayerNorm Norm(string name) => new(weights, Gpt2Layout.Module(index, name));
        (Tensor Weight, Tensor Bias) Linear(string name) =>
            (weights.Tensors[Gpt2Layout.Module(index, name) + ".weight"], weights.Tensors[Gpt2Layout.Module(index, name) + ".bias"]);
        attentionNorm = Norm("ln_1");
        fused = Linear("attn.c_attn");
        output = Linear("attn.c_proj");
        feedForwardNorm = Norm("ln_2");
        inner = Linear("mlp.c_fc");
        outer = Linear("mlp.c_proj");
    }

    /// <param name="hidden">[N, d].</param>
    /// <param name="plan">Which tokens belong together.</param>
    /// <returns>[N, d].</returns>
    public Tensor Forward(Tensor hidden, ForwardPlan plan)
    {
        // [N, 3 d]: queries, keys and values side by side.
        var projected = Linear(attentionNorm.Forward(hidden), fused, plan, "c_attn");
        var width = hidden.shape[1];
        var (q, k) = (Heads(projected.narrow(1, 0, width)), Heads(projected.narrow(1, width, width)));
        var attended = plan.Attend(index, q, k, projected.narrow(1, 2 * width, width));
        hidden = hidden.add(Linear(attended, output, plan, "attn.c_proj"));

        var activated = Gelu(Linear(feedForwardNorm.Forward(hidden), inner, plan, "c_fc"));
        return hidden.add(Linear(activated, outer, plan, "mlp.c_proj"));
    }

    public void Dispose()
    {
        slope.Dispose();
        cubicSlope.Dispose();
        half.Dispose();
        one.Dispose();
    }

    // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x³))), Hendrycks and Gimpel 2016.
    private Tensor Gelu(Tensor x) =>
        x.square().mul(cubicSlope).add(slope).mul(x).tanh().add(one).mul(x).mul(half);

    private Tensor Linear(Tensor x, (Tensor Weight, Tensor Bias) module, ForwardPlan plan, string target) =>
        plan.AddAdapters(nn.functional.linear(x, module.Weight, module.Bias), x, index, target);

    // [N, d] -> [N, heads, head]
    private Tensor Heads(Tensor projected) => projected.view(projected.shape[0], -1, headSize);
}
