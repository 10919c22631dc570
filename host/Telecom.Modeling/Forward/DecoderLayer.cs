using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>One frozen decoder layer of the Llama families: h += Wo attention(RMS(h)); h += Wd(silu(Wg m) * Wu m) with m = RMS(h).</summary>
internal sealed class DecoderLayer : IDisposable
{
    private readonly int index;
    private readonly bool isLast;
    private readonly long headSize;
    private readonly RootMeanSquareNorm inputNorm;
    private readonly RootMeanSquareNorm postNorm;
    private readonly LinearGroup queryKeyValue;
    private readonly LinearGroup output;
    private readonly LinearGroup gateUp;
    private readonly LinearGroup down;

    public DecoderLayer(BaseWeights weights, int index, Scalar epsilon)
    {
        this.index = index;
        isLast = index == weights.Configuration.LayerCount - 1;
        headSize = weights.Configuration.HeadSize;
        Tensor? Find(string name) => weights.Tensors.GetValueOrDefault(LlamaLayout.Module(index, name));
        (string, Tensor, Tensor?) Linear(string block, string target) =>
            (target, Find($"{block}.{target}.weight")!, Find($"{block}.{target}.bias"));
        inputNorm = new RootMeanSquareNorm(weights, LlamaLayout.Module(index, "input_layernorm"), epsilon);
        postNorm = new RootMeanSquareNorm(weights, LlamaLayout.Module(index, "post_attention_layernorm"), epsilon);
        queryKeyValue = new LinearGroup(
            index, isFeedForward: false, Linear("self_attn", "q_proj"), Linear("self_attn", "k_proj"), Linear("self_attn", "v_proj"));
        output = new LinearGroup(index, isFeedForward: false, Linear("self_attn", "o_proj"));
        gateUp = new LinearGroup(index, isFeedForward: true, Linear("mlp", "gate_proj"), Linear("mlp", "up_proj"));
        down = new LinearGroup(index, isFeedForward: true, Linear("mlp", "down_proj"));
    }

    /// <summary>RMS(x; w) = w x / sqrt(mean(x²) + eps), over the last dimension; the statistics in float32, rounded before the weight is applied.</summary>
    public static Tensor RootMeanSquareNorm(Tensor x, Tensor weight, Scalar epsilon)
    {
        // What is written in place is made here, and the backward pass does not read it.
        var isWide = x.dtype == ScalarType.Float32;
        var wide = isWide ? x : x.to(float32);
        var normed = wide.mul(wide.Squared().mean([-1], true).PlusInPlace(epsilon).rsqrt_());
        return (isWide ? normed : normed.to(x.dtype)).mul_(weight);
    }

    /// <param name="hidden">[N, d]; written in place unless training.</param>
    /// <param name="plan">Which tokens belong together.</param>
    /// <param name="cosines">[N, 1, head].</param>
    /// <param name="signedSines">[N, 1, head].</param>
    /// <returns>[N, d]; the last layer gives the states that are read.</returns>
    public Tensor Forward(Tensor hidden, ForwardPlan plan, Tensor cosines, Tensor signedSines)
    {
        var projected = plan.Adapters.Project(plan.Adapters.Normalize(hidden, inputNorm), queryKeyValue);
        var q = RotaryTable.Rotate(Heads(projected[0]), cosines, signedSines);
        var k = RotaryTable.Rotate(Heads(projected[1]), cosines, signedSines);
        if (isLast)
        {
            (q, hidden) = (plan.Keep(q), plan.Keep(hidden));
        }

        var adapters = isLast ? plan.KeptAdapters : plan.Adapters;
        hidden = plan.Accumulate(hidden, adapters.Project(plan.Attend(index, q, k, projected[2], isLast), output)[0]);

        var inner = adapters.Project(adapters.Normalize(hidden, postNorm), gateUp);
        var activated = plan.IsTraining ? nn.functional.silu(inner[0]).mul(inner[1]) : inner[0].silu_().mul_(inner[1]);
        return plan.Accumulate(hidden, adapters.Project(activated, down)[0]);
    }

    public void Dispose()
    {
        queryKeyValue.Dispose();
        output.Dispose();
        gateUp.Dispose();
        down.Dispose();
    }

    // [N, heads * head] -> [N, heads, head]
    private Tensor Heads(Tensor projected) => projected.view(projected.shape[0], -1, headSize);
}
