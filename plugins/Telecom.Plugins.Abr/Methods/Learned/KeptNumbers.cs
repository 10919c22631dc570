using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Arithmetic with numbers that live as long as the plugin.</summary>
/// <remarks>
/// TorchSharp makes a <see cref="Scalar"/> of a number in every call and lets go of it before native code has read it; a collection at that moment
/// changes the result.
/// </remarks>
internal static class KeptNumbers
{
    private static readonly Scalar One = 1L;
    private static readonly Scalar NegativeSlope = 0.01;

    /// <returns>values + summand.</returns>
    public static Tensor Plus(this Tensor values, Tensor summand) => values.add(summand, One);

    /// <returns>x above 0, x / 100 below.</returns>
    public static Tensor LeakyRelu(this Tensor values) => values.leaky_relu(NegativeSlope);
}
