using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>One frozen decoder layer: h += Wo attention(RMS(h)); h += Wd(silu(Wg m) * Wu m) with m = RMS(h).</summary>
internal sealed class DecoderLayer
{
    private readonly int index;
    private readonly long headSize;
    private readonly Scalar epsilon;
    private readonly Tensor inputNorm;
    private readonly Tensor postNorm;
    private readonly Tensor query;
    private readonly Tensor key;
    private readonly Tensor value;
    private readonly Tensor output;
    private readonly Tensor gate;
    private readonly Tensor up;
    private readonly Tensor down;

    public DecoderLayer(BaseWeights weights, int index, Scalar epsilon)
    {
        this.index = index;
        this.epsilon = epsilon;
        headSize = weights.Configuration.HeadSize;
        Tensor Weight(string name) => weights.Tensors[$"model.layers.{index}.{name}.weight"];
        inputNorm = Weight("input_layernorm");
        postNorm = Weight("post_attention_layernorm");
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
        hidden = hidden.add(Linear(Attend(plan, q, k, v), output, plan, "o_proj"));

        var m = RootMeanSquareNorm(hidden, postNorm, epsilon);
        var activated = nn.functional.silu(Linear(m, gate, plan, "gate_proj")).mul(Linear(m, up, plan, "up_proj"));
        return hidden.add(Linear(activated, down, plan, "down_proj"));
    }

    private Tensor Attend(ForwardPlan plan, Tensor q, Tensor k, Tensor v)
    {
        var groups = plan.Groups;
        if (groups.Count == 1)
        {
            return groups[0].Attend(index, q, k, v);
        }

        var attended = new Tensor[groups.Count];
        for (var i = 0; i < attended.Length; i++)
        {
            attended[i] = groups[i].Attend(index, q, k, v);
        }

        return cat(attended, 0);
    }

    private Tensor Linear(Tensor x, Tensor weight, ForwardPlan plan, string target) =>
        plan.AddAdapters(nn.functional.linear(x, weight), x, index, target);

    // [N, heads * head] -> [N, heads, head]
    private Tensor Heads(Tensor projected) => projected.view(projected.shape[0], -1, headSize);
}
