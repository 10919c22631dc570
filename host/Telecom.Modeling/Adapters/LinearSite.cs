using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>A frozen linear layer y = Wx + b as an adapter method sees it.</summary>
public sealed record LinearSite
{
    /// <summary>Decoder layer.</summary>
    public required int Layer { get; init; }

    /// <summary>Name of the linear layer in it, e.g. <c>q_proj</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Input width i.</summary>
    public required int Inputs { get; init; }

    /// <summary>Output width o.</summary>
    public required int Outputs { get; init; }

    /// <summary>Where the adapter's tensors go.</summary>
    public required Device Device { get; init; }

    /// <summary>W, [o, i]; null when only the shape is known, which suffices for methods that do not depend on W.</summary>
    public Tensor? Weight { get; init; }

    /// <summary>b, [o]; null when the layer has none.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>Element type of the adapter's tensors.</summary>
    public ScalarType ElementType { get; init; } = ScalarType.Float32;

    /// <summary>Module path as checkpoints name it.</summary>
    public string Path => LinearTargets.Path(Layer, Target);

    /// <summary>The site without its weight.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: the base has no such layer.</exception>
    public static LinearSite Shaped(BaseConfiguration configuration, int layer, string target, Device device)
    {
        var (inputs, outputs) = LinearTargets.Shape(configuration, target);
        return new LinearSite { Layer = layer, Target = target, Inputs = inputs, Outputs = outputs, Device = device };
    }

    /// <summary>The site with the weight of a loaded base.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: the base has no such layer.</exception>
    public static LinearSite Of(BaseWeights weights, int layer, string target)
    {
        var path = LinearTargets.Path(layer, target);
        var shaped = Shaped(weights.Configuration, layer, target, CPU);
        var weight = weights.Tensors[path + ".weight"];
        return shaped with { Device = weight.device, Weight = weight, Bias = weights.Tensors.GetValueOrDefault(path + ".bias") };
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.BaseIncompatible"/>: only the shape is known.</exception>
    internal Tensor RequireWeight(string method) => Weight ?? throw new TelecomException(
        ErrorCode.BaseIncompatible, $"Adapter method '{method}' depends on the weight of {Path}: attach it to a loaded base.");
}
