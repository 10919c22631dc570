using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>One frozen decoder layer of the Llama families: h += Wo attention(RMS(h)); h += Wd(silu(Wg m) * Wu m) with m = RMS(h).</summary>
internal sealed class DecoderLayer
{
    private readonly int index;
    private readonly long headSize;
    private readonly Scalar epsilon;
    private readonly Tensor inputNorm;
    private readonly Tensor postNorm;
    private readonly (Tensor Weight, Tensor? Bias) query;
    private readonly (Tensor Weight, Tensor? Bias) key;
    private readonly (Tensor Weight, Tensor? Bias) value;
    private readonly (Tensor Weight, Tensor? Bias) output;
    private readonly (Tensor Weight, Tensor? Bias) gate;
    private readonly (Tensor Weight, Tensor? Bias) up;
    private readonly (Tensor Weight, Tensor? Bias) down;

    public DecoderLayer(BaseWeights weights, int index, Scalar epsilon)
    {
        this.index = index;
        this.epsilon = epsilon;
        headSize = weights.Configuration.HeadSize;
        Tensor? Find(string name) => weights.Tensors.GetValueOrDefault(LlamaLayout.Module(index, name));
        (Tensor Weight, Tensor? Bias) Weight(string name) => (Find(name + ".weight")!, Find(name + ".bias"));
        inputNorm = Find("input_layernorm.weight")!;
        postNorm = Find("post_attention_layernorm.weight")!;
        query = Weight("self_attn.q_proj");
        key = Weight("self_attn.k_proj");
        value = Weight("self_attn.v_proj");
        output = Weight("self_attn.o_proj");
        gate = Weight("mlp.gate_proj");
        up = Weight("mlp.up_proj");
        down = Weight("mlp.down_proj");
    }

    /// <summary>RMS(x; w) = w x / sqrt(mean(x²) + eps), over the last dimension.</summary>
    public static Tensor RootMeanSquareNorm(Tensor x, Tensor weight, Scalar epsilon) =>
        x.mul(x.square().mean([-1], true).add(epsilon).rsqrt()).mul(weight);

    /// <param name="hidden">[N, d].</param>
    /// <param name="plan">Which tokens belong together.</param>
    /// <param name="cosines">[N, 1, head].</param>
    /// <param name="signedSines">[N, 1, head].</param>
    /// <returns>[N, d].</returns>
    public Tensor Forward(Tensor hidden, ForwardPlan plan, Tensor cosines, Tensor signedSines)
    {
        var a = RootMeanSquareNorm(hidden, inputNorm, epsilon);
        var q = RotaryTable.Rotate(Heads(Linear(a, query, plan, "q_proj")), cosines, signedSines);
        var k = RotaryTable.Rotate(Heads(Linear(a, key, plan, "k_proj")), cosines, signedSines);
        var v = Linear(a, value, plan, "v_proj");
        hidden = hidden.add(Linear(plan.Attend(index, q, k, v), output, plan, "o_proj"));

        var m = RootMeanSquareNorm(hidden, postNorm, epsilon);
        var activated = nn.functional.silu(Linear(m, gate, plan, "gate_proj")).mul(Linear(m, up, plan, "up_proj"));
        return hidden.add(Linear(activated, down, plan, "down_proj"));
    }

    private Tensor Linear(Tensor x, (Tensor Weight, Tensor? Bias) module, ForwardPlan plan, string target) =>
        plan.AddAdapters(nn.functional.linear(x, module.Weight, module.Bias), x, index, target);

    // [N, heads * head] -> [N, heads, head]
    private Tensor Heads(Tensor projected) => projected.view(projected.shape[0], -1, headSize);
}
