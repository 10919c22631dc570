using System.Runtime.InteropServices;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;

namespace Telecom.Modeling.Tests.Support;

/// <summary>Bases of a few hundred parameters with weights large enough that every equation shows in the output.</summary>
internal static class SmallBase
{
    private const double Deviation = 0.3;

    /// <summary>Grouped queries, and heads that are wider together than the hidden size: 4 * 6 is not 16.</summary>
    public static BaseConfiguration Grouped { get; } = Configuration(heads: 4, keyValueHeads: 2, headSize: 6);

    /// <summary>As many key as query heads, like the shipped base.</summary>
    public static BaseConfiguration Plain { get; } = Configuration(heads: 2, keyValueHeads: 2, headSize: 8);

    /// <summary>One key head for all queries.</summary>
    public static BaseConfiguration SingleKey { get; } = Configuration(heads: 3, keyValueHeads: 1, headSize: 4);

    public static BaseModel Model(BaseConfiguration configuration, ulong seed = 7) => new(Weights(configuration, seed));

    public static BaseWeights Weights(BaseConfiguration configuration, ulong seed = 7)
    {
        var normals = new NormalStream(seed);
        return BaseWeights.Create("small", configuration, (name, tensor) => TensorBytes.Visit(tensor, (bytes, _) =>
        {
            var elements = MemoryMarshal.Cast<byte, float>(bytes);
            normals.Fill(elements, Deviation);
            if (BaseLayout.IsNorm(name))
            {
                foreach (ref var element in elements)
                {
                    element += 1;
                }
            }
        }));
    }

    private static BaseConfiguration Configuration(int heads, int keyValueHeads, int headSize) => new()
    {
        HiddenSize = 16,
        LayerCount = 2,
        HeadCount = heads,
        KeyValueHeadCount = keyValueHeads,
        HeadSize = headSize,
        FeedForwardSize = 20,
        NormEpsilon = 1e-5,
        RopeTheta = 1e4,
    };
}
