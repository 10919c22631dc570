using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>One layer of a causal transformer: x ← x + attention(norm(x)), then x ← x + W2 gelu(W1 norm(x)).</summary>
internal sealed class CausalLayer : nn.Module<Tensor, Tensor>
{
    private const int Expansion = 2;

    private readonly int heads;
    private readonly LayerNorm attentionNorm;
    private readonly Linear projections;
    private readonly Linear attentionOut;
    private readonly LayerNorm feedForwardNorm;
    private readonly Linear feedForward;
    private readonly Linear feedForwardOut;
    private readonly Dropout dropout;

    public CausalLayer(int width, int heads, double dropout)
        : base(nameof(CausalLayer))
    {
        this.heads = heads;
        attentionNorm = nn.LayerNorm(width);
        projections = nn.Linear(width, 3 * width);
        attentionOut = nn.Linear(width, width);
        feedForwardNorm = nn.LayerNorm(width);
        feedForward = nn.Linear(width, Expansion * width);
        feedForwardOut = nn.Linear(Expansion * width, width);
        this.dropout = nn.Dropout(dropout);
        RegisterComponents();
    }

    // [B, T, E] -> [B, T, E]
    public override Tensor forward(Tensor tokens)
    {
        var attended = tokens.Plus(dropout.forward(Attend(attentionNorm.forward(tokens))));
        var fed = feedForwardOut.forward(nn.functional.gelu(feedForward.forward(feedForwardNorm.forward(attended))));
        return attended.Plus(dropout.forward(fed));
    }

    private Tensor Attend(Tensor tokens)
    {
        var (rows, length, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);

        // [B, T, 3, heads, E / heads] -> 3 of [B, heads, T, E / heads]
        var parts = projections.forward(tokens).view(rows, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4);
        var attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);
        return attentionOut.forward(attended.transpose(1, 2).reshape(rows, length, width));
    }
}
