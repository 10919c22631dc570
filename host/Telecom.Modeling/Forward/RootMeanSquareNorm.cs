using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>RMS norm of one module, see <see cref="DecoderLayer.RootMeanSquareNorm"/>.</summary>
internal sealed class RootMeanSquareNorm(BaseWeights weights, string path, Scalar epsilon) : INorm
{
    private readonly Tensor weight = weights.Tensors[path + ".weight"];

    public string Path => path;

    public Tensor Forward(Tensor x, ReplacedNorm? own = null) => DecoderLayer.RootMeanSquareNorm(x, own?.Weight.to(x.dtype) ?? weight, epsilon);
}
