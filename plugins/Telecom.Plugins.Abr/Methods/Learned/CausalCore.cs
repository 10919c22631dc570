using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>A small causal transformer of its own, in the place of the shared base.</summary>
internal sealed class CausalCore : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<CausalLayer> layers;
    private readonly LayerNorm norm;

    /// <param name="width">Width E of the tokens.</param>
    /// <param name="depth">Layers.</param>
    /// <param name="heads">Attention heads; divide E.</param>
    /// <param name="dropout">Dropout behind both halves of a layer while training.</param>
    public CausalCore(int width, int depth, int heads, double dropout)
        : base(nameof(CausalCore))
    {
        layers = [.. Enumerable.Range(0, depth).Select(_ => new CausalLayer(width, heads, dropout))];
        norm = nn.LayerNorm(width);
        RegisterComponents();
    }

    // [B, T, E] -> [B, T, E]
    public override Tensor forward(Tensor tokens)
    {
        foreach (var layer in layers)
        {
            tokens = layer.forward(tokens);
        }

        return norm.forward(tokens);
    }
}
