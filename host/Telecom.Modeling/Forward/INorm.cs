using Telecom.Modeling.Adapters;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>A norm of the base, which an adapter may have replaced for its own rows.</summary>
internal interface INorm
{
    /// <summary>Module path as checkpoints name it.</summary>
    string Path { get; }

    /// <param name="x">[N, d].</param>
    /// <param name="own">Weights instead of the base's; null for these.</param>
    /// <returns>[N, d].</returns>
    Tensor Forward(Tensor x, ReplacedNorm? own = null);
}
