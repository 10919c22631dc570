using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>One frozen layer of GPT-2: h += Wo attention(LN(h)); h += W2 gelu(W1 LN(h)), every projection with a bias.</summary>
internal sealed class Gpt2Layer : IDisposable
{
    private static readonly double Slope = Math.Sqrt(2 / Math.PI);

    private readonly int index;
    private readonly bool isLast;
    private readonly long headSize;
    private readonly LayerNorm attentionNorm;
    private readonly LayerNorm feedForwardNorm;
    private readonly LinearGroup fused;
    private readonly LinearGroup output;
    private readonly LinearGroup inner;
    private readonly LinearGroup outer;
    private readonly Scalar slope = Slope;
    private readonly Scalar cubicSlope = Slope * 0.044715;
    private readonly Scalar half = 0.5;
    private readonly Scalar one = 1.0;

    public Gpt2Layer(BaseWeights weights, int index)
    {
        this.index = index;
        isLast = index == weights.Configuration.LayerCount - 1;
        headSize = weights.Configuration.HeadSize;
        LayerNorm Norm(string name) => new(weights, Gpt2Layout.Module(index, name));
        LinearGroup Linear(string name, string target, bool isFeedForward)
        {
            var module = Gpt2Layout.Module(index, name);
            return new LinearGroup(index, isFeedForward, (target, weights.Tensors[module + ".weight"], weights.Tensors[module + ".bias"]));
        }

        attentionNorm = Norm("ln_1");
        fused = Linear("attn.c_attn", "c_attn", isFeedForward: false);
        output = Linear("attn.c_proj", "attn.c_proj", isFeedForward: false);
        feedForwardNorm = Norm("ln_2");
        inner = Linear("mlp.c_fc", "c_fc", isFeedForward: true);
        outer = Linear("mlp.c_proj", "mlp.c_proj", isFeedForward: true);
    }

    /// <param name="hidden">[N, d]; written in place unless training.</param>
    /// <param name="plan">Which tokens belong together.</param>
    /// <returns>[N, d]; the last layer gives the states that are read.</returns>
    public Tensor Forward(Tensor hidden, ForwardPlan plan)
    {
        // [N, 3 d]: queries, keys and values side by side.
        var projected = plan.Adapters.Project(plan.Adapters.Normalize(hidden, attentionNorm), fused)[0];
        var width = hidden.shape[1];
        var (q, k) = (Heads(projected.narrow(1, 0, width)), Heads(projected.narrow(1, width, width)));
        if (isLast)
        {
            (q, hidden) = (plan.Keep(q), plan.Keep(hidden));
        }

        var adapters = isLast ? plan.KeptAdapters : plan.Adapters;
        var attended = plan.Attend(index, q, k, projected.narrow(1, 2 * width, width), isLast);
        hidden = plan.Accumulate(hidden, adapters.Project(attended, output)[0]);

        var activated = Gelu(adapters.Project(adapters.Normalize(hidden, feedForwardNorm), inner)[0], plan.IsTraining);
        return plan.Accumulate(hidden, adapters.Project(activated, outer)[0]);
    }

    public void Dispose()
    {
        fused.Dispose();
        output.Dispose();
        inner.Dispose();
        outer.Dispose();
        slope.Dispose();
        cubicSlope.Dispose();
        half.Dispose();
        one.Dispose();
    }

    // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x³))), Hendrycks and Gimpel 2016.
    private Tensor Gelu(Tensor x, bool isTraining) => isTraining
        ? x.Squared().mul(cubicSlope).Plus(slope).mul(x).tanh().Plus(one).mul(x).mul(half)
        : x.Squared().mul_(cubicSlope).PlusInPlace(slope).mul_(x).tanh_().PlusInPlace(one).mul_(x).mul_(half);

    // [N, d] -> [N, heads, head]
    private Tensor Heads(Tensor projected) => projected.view(projected.shape[0], -1, headSize);
}
