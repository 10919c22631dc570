using Telecom.Modeling.Adapters;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Modeling.Forward;

/// <summary>The base with one adapter, as a method's training sees it.</summary>
public sealed class AdaptedBackbone(BaseModel model, Adapter? adapter) : IBackbone
{
    /// <inheritdoc/>
    public int Width => model.Configuration.HiddenSize;

    /// <inheritdoc/>
    public torch.Tensor Forward(Embeddings tokens)
    {
        adapter?.Expect(tokens.Mask);
        return model.Forward([new ForwardSegment(tokens, adapter)])[0];
    }
}
