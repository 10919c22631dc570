using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Modeling.Forward;

/// <summary>No base at all: the encoder feeds the head directly, which shows what the base contributes.</summary>
public sealed class NoBackbone(int width) : IBackbone
{
    /// <inheritdoc/>
    public int Width => width;

    /// <inheritdoc/>
    public torch.Tensor Forward(Embeddings tokens) => tokens.Values.alias();
}
