using Telecom.Modeling.Bases;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021): y += (alpha / r) B A dropout(x). A starts uniform in (-1/sqrt(i), 1/sqrt(i)), B at zero, so a fresh adapter
/// leaves the base's output unchanged.
/// </summary>
/// <remarks>Parameters carry PEFT's names. Executor thread only.</remarks>
public sealed class LoraAdapter : IDisposable
{
    private const string Prefix = "base_model.model.";

    private readonly Dictionary<(int Layer, string Target), (Tensor A, Tensor B)> factors = [];
    private readonly SortedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);

    /// <param name="options">Rank, scale and targets.</param>
    /// <param name="configuration">Shape of the base.</param>
    /// <param name="device">Device of the base.</param>
    /// <param name="seed">Seed of A.</param>
    public LoraAdapter(AdapterOptions options, BaseConfiguration configuration, Device device, ulong seed)
    {
        Options = options;
        var random = new SplitMix64(seed);
        foreach (var layer in Enumerable.Range(0, configuration.LayerCount))
        {
            foreach (var target in options.Targets.Order(StringComparer.Ordinal))
            {
                var (inputs, outputs) = LinearTargets.Shape(configuration, target);
                var a = Parameter(Uniform(ref random, options.Rank, inputs), device);
                var b = Parameter(zeros([outputs, options.Rank], float32), device);
                factors[(layer, target)] = (a, b);
                var path = Prefix + LinearTargets.Path(layer, target);
                parameters[$"{path}.lora_A.weight"] = a;
                parameters[$"{path}.lora_B.weight"] = b;
            }
        }
    }

    /// <summary>Rank, scale and targets.</summary>
    public AdapterOptions Options { get; }

    /// <summary>Trainable tensors by PEFT name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    /// <summary>Number of trainable values: r (i + o) per target and layer.</summary>
    public long ParameterCount => parameters.Values.Sum(parameter => parameter.numel());

    /// <summary>Whether dropout is active.</summary>
    public bool Training { get; set; }

    /// <summary>The adapter's addition to one linear layer.</summary>
    /// <param name="layer">Layer index.</param>
    /// <param name="target">Which linear layer.</param>
    /// <param name="x">[N, i], the layer's input.</param>
    /// <returns>[N, o]; null when the layer is not adapted.</returns>
    public Tensor? Delta(int layer, string target, Tensor x)
    {
        if (!factors.TryGetValue((layer, target), out var pair))
        {
            return null;
        }

        var input = Training && Options.Dropout > 0 ? nn.functional.dropout(x, Options.Dropout, training: true) : x;
        return nn.functional.linear(nn.functional.linear(input, pair.A), pair.B).mul(Options.Alpha / Options.Rank);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private static Tensor Parameter(Tensor values, Device device) =>
        values.to(device).requires_grad_().DetachFromDisposeScope();

    private static Tensor Uniform(ref SplitMix64 random, int rank, int inputs)
    {
        var bound = 1.0 / Math.Sqrt(inputs);
        var values = new float[rank * inputs];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((2.0 * random.NextUnit() - 1.0) * bound);
        }

        return tensor(values, [rank, inputs]);
    }
}
