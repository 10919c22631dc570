using System.Runtime.InteropServices;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bases;

/// <summary>Makes a base from a seed: the same weights, bit for bit, on every platform.</summary>
public static class BaseInitializer
{
    /// <summary>Name of the shipped base.</summary>
    public const string NanoName = "nano";

    /// <summary>Seed of the shipped base.</summary>
    public const ulong NanoSeed = 1;

    private const double Deviation = 0.02;

    /// <summary>The shipped base.</summary>
    public static BaseWeights Nano() => Seeded(BaseConfiguration.Nano, NanoSeed, NanoName);

    /// <summary>Draws all matrices from N(0, 0.02²), those into the residual stream (o_proj, down_proj, c_proj) times 1/√(2L); norms are one, biases zero.</summary>
    /// <remarks>
    /// One stream of normal numbers (SplitMix64, Box–Muller in double, see <c>NormalStream</c>) fills the matrices row-major in ordinal order of
    /// their names, each number times its deviation and then rounded to float32. Norms and biases take no numbers from the stream. With a tensor of an odd number of
    /// elements the second number of the pair goes to the next tensor.
    /// </remarks>
    /// <param name="configuration">Shape of the base.</param>
    /// <param name="seed">Start of the stream.</param>
    /// <param name="name">Name of the base in cards and reports.</param>
    /// <returns>The weights on the CPU; the caller disposes.</returns>
    public static BaseWeights Seeded(BaseConfiguration configuration, ulong seed, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.Validate();
        var residual = Deviation / Math.Sqrt(2.0 * configuration.LayerCount);
        var normals = new NormalStream(seed);
        return BaseWeights.Create(name, configuration, (tensorName, tensor) => TensorBytes.Visit(tensor, (bytes, _) =>
        {
            var elements = MemoryMarshal.Cast<byte, float>(bytes);
            if (BaseLayout.IsNorm(tensorName))
            {
                elements.Fill(1);
            }
            else if (BaseLayout.IsBias(tensorName))
            {
                elements.Clear();
            }
            else
            {
                normals.Fill(elements, BaseLayout.WritesResidual(tensorName) ? residual : Deviation);
            }
        }));
    }
}
