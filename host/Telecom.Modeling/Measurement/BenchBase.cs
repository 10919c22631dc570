using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>The base, rows and adapters of the serving measurements: a Llama shape with d = 512 and 8 layers, random weights.</summary>
internal static class BenchBase
{
    /// <summary>Rows of a batch.</summary>
    public const int Rows = 16;

    public static readonly string[] QueryValue = ["q_proj", "v_proj"];

    public static BaseConfiguration Configuration { get; } = BaseConfiguration.Nano with
    {
        HiddenSize = 512,
        LayerCount = 8,
        HeadCount = 8,
        KeyValueHeadCount = 8,
        FeedForwardSize = 1408,
    };

    public static BaseWeights Weights() => BaseInitializer.Seeded(Configuration, seed: 1, "bench");

    /// <returns>Adapters with both factors filled; the caller disposes.</returns>
    public static Adapter[] Adapters(int count, int rank, IReadOnlyList<string> targets)
    {
        using var noGradient = no_grad();
        var adapters = new Adapter[count];
        for (var i = 0; i < count; i++)
        {
            var settings = new LinearSettings { Rank = rank, Alpha = 2 * rank };
            var placements = Enumerable.Range(0, Configuration.LayerCount).SelectMany(layer => targets.Select(target =>
                new AdapterPlacement(LinearSite.Shaped(Configuration, layer, target, CPU), settings)));
            adapters[i] = new Adapter(new LoraMethod(), placements, seed: (ulong)i);
            foreach (var linear in adapters[i].Placements.Select(placement => adapters[i].Linear(placement.Site.Layer, placement.Site.Target)!))
            {
                linear.Parameters[LoraLinear.NameB].normal_(0, 0.02);
            }

            adapters[i].Refresh();
        }

        return adapters;
    }

    /// <returns>One row of each length, [1, T, d] each.</returns>
    public static Tensor[] Tokens(int length) =>
        [.. Enumerable.Range(0, Rows).Select(_ => randn([1, length, Configuration.HiddenSize]))];

    /// <returns>Rows with adapters in turn; null adapters for the plain base.</returns>
    public static ForwardSegment[] Segments(Tensor[] tokens, Adapter[]? adapters = null) =>
        [.. tokens.Select((row, i) => new ForwardSegment(new Embeddings(row), adapters?[i % adapters.Length]))];

    /// <summary>One forward whose results nobody reads.</summary>
    public static void Forward(BaseModel model, ForwardSegment[] segments)
    {
        foreach (var output in model.Forward(segments))
        {
            output.Dispose();
        }
    }
}
