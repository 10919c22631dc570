using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>
/// Encoder and head of NetLLM's viewport model: x = LN(We LeakyReLU(Wc u + bc) + be) per viewport u, p = tanh(Wh s + bh) per hidden state s.
/// </summary>
/// <remarks>The paper's "1D-CNN" has kernel 3 over the three angles of one sample: it does not see time.</remarks>
internal sealed class NetLlmLayers : nn.Module
{
    private const double NegativeSlope = 0.01;

    private readonly Conv1d conv;
    private readonly Linear embed;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <param name="width">Hidden size E of the base.</param>
    /// <param name="features">Channels C of the convolution; 256 in the paper.</param>
    public NetLlmLayers(int width, int features = 256)
        : base(nameof(NetLlmLayers))
    {
        conv = nn.Conv1d(1, features, ViewportRequest.Axes);
        embed = nn.Linear(features, width);
        norm = nn.LayerNorm(width);
        head = nn.Linear(width, ViewportRequest.Axes);
        RegisterComponents();
    }

    /// <summary>Where the weights are.</summary>
    public Device Device => head.weight.device;

    /// <param name="viewports">[B, T, 3] normalised angles: roll/180, pitch/90, yaw/180.</param>
    /// <returns>[B, T, E].</returns>
    public Tensor Encode(Tensor viewports)
    {
        var (rows, length) = (viewports.shape[0], viewports.shape[1]);
        var convolved = conv.forward(viewports.reshape(rows * length, 1, ViewportRequest.Axes)).squeeze(2);
        return norm.forward(embed.forward(convolved.LeakyRelu(NegativeSlope))).view(rows, length, -1);
    }

    /// <param name="hidden">[B, T, E].</param>
    /// <returns>[B, T, 3] normalised angles in (-1, 1).</returns>
    public Tensor Decode(Tensor hidden) => head.forward(hidden).tanh();
}
