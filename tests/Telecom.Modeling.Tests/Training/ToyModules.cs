using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

/// <summary>Three numbers to tokens of the base, and its hidden states to one number; counts its training forwards in a buffer.</summary>
internal sealed class ToyModules : nn.Module
{
    private readonly Linear encoder;
    private readonly Dropout dropout;
    private readonly Linear head;
    private readonly Tensor forwards;

    public ToyModules(int width)
        : base(nameof(ToyModules))
    {
        encoder = nn.Linear(ToyData.Inputs, width);
        dropout = nn.Dropout(0.1);
        head = nn.Linear(width, 1);
        forwards = zeros(1);
        RegisterComponents();
    }

    /// <summary>Turns dropout off for good.</summary>
    public void WithoutDropout() => dropout.p = 0;

    public float Forwards => forwards.item<float>();

    // [B, 3] -> [B, 2, d]: the same token twice, so that positions matter.
    public Tensor Encode(Tensor x) => dropout.forward(encoder.forward(x)).unsqueeze(1).expand(-1, 2, -1);

    // [B, 2, d] -> [B]
    public Tensor Decode(Tensor hidden)
    {
        if (training)
        {
            forwards.add_(1);
        }

        return head.forward(hidden.select(1, 1)).squeeze(1);
    }
}
