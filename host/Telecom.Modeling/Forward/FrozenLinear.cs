using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>One linear layer of the base, y = Wx + b.</summary>
/// <param name="Target">Name that adapters know it by, e.g. <c>q_proj</c>.</param>
/// <param name="Weight">W, [o, i].</param>
/// <param name="Transposed">A view of W, [i, o].</param>
/// <param name="Bias">b, [o]; null when the layer has none.</param>
internal sealed record FrozenLinear(string Target, Tensor Weight, Tensor Transposed, Tensor? Bias)
{
    public long Outputs => Weight.shape[0];

    /// <returns>Wx + b, [N, o].</returns>
    public Tensor Forward(Tensor x) => nn.functional.linear(x, Weight, Bias);

    /// <returns>Wx, [N, o].</returns>
    public Tensor Multiply(Tensor x) => nn.functional.linear(x, Weight);

    /// <summary>Adds b in place, if there is one.</summary>
    public void AddBias(Tensor product)
    {
        if (Bias is not null)
        {
            product.PlusInPlace(Bias);
        }
    }
}
