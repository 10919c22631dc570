using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>The layers of one architecture.</summary>
internal interface IDecoder : IDisposable
{
    /// <summary>All layers and the final norm, inside the caller's dispose scope.</summary>
    /// <param name="hidden">[N, d], embeddings without positions.</param>
    /// <param name="plan">Which tokens belong together, with its masks prepared.</param>
    /// <returns>[N, d].</returns>
    Tensor Forward(Tensor hidden, ForwardPlan plan);
}
