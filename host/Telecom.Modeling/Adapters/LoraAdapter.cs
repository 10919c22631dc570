using System.Globalization;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
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
    private const int MaxRank = 1024;

    private readonly Dictionary<(int Layer, string Target), (Tensor A, Tensor B)> factors = [];
    private readonly SortedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly Scalar scale;

    /// <param name="options">Rank, scale and targets.</param>
    /// <param name="configuration">Shape of the base.</param>
    /// <param name="device">Device of the base.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: an option is out of range, or the base lacks a target.</exception>
    public LoraAdapter(AdapterOptions options, BaseConfiguration configuration, Device device, ulong seed)
    {
        Check(options);
        Options = options;
        scale = options.Alpha / options.Rank;
        var random = new SplitMix64(seed);
        var shapes = options.Targets.Order(StringComparer.Ordinal)
            .Select(target => (Target: target, Shape: LinearTargets.Shape(configuration, target))).ToArray();
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < configuration.LayerCount; layer++)
        {
            foreach (var (target, (inputs, outputs)) in shapes)
            {
                var a = Parameter(Uniform(ref random, options.Rank, inputs), device);
                var b = Parameter(zeros([outputs, options.Rank], float32), device);
                factors.Add((layer, target), (a, b));
                var path = Prefix + LinearTargets.Path(layer, target);
                parameters.Add($"{path}.lora_A.weight", a);
                parameters.Add($"{path}.lora_B.weight", b);
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

    /// <summary>Whether a linear layer is adapted.</summary>
    public bool Targets(int layer, string target) => factors.ContainsKey((layer, target));

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

        // The scale meets the product at its narrow waist, [N, r].
        var input = Training && Options.Dropout > 0 ? nn.functional.dropout(x, Options.Dropout, training: true) : x;
        return nn.functional.linear(nn.functional.linear(input, pair.A).mul(scale), pair.B);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in parameters.Values)
        {
            parameter.Dispose();
        }

        scale.Dispose();
    }

    private static void Check(AdapterOptions options)
    {
        var problem = options switch
        {
            { Rank: < 1 or > MaxRank } => $"rank {options.Rank} must be from 1 to {MaxRank}",
            _ when !double.IsFinite(options.Alpha) => string.Create(CultureInfo.InvariantCulture, $"alpha {options.Alpha} must be finite"),
            _ when options.Dropout is not (>= 0 and < 1) =>
                string.Create(CultureInfo.InvariantCulture, $"dropout {options.Dropout} must be at least 0 and below 1"),
            { Targets.Count: 0 } => "it names no target",
            _ when options.Targets.Distinct(StringComparer.Ordinal).Count() < options.Targets.Count => "it names a target twice",
            _ => null,
        };
        if (problem is not null)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"The adapter cannot be built: {problem}.");
        }
    }

    private static Tensor Parameter(Tensor values, Device device) => values.to(device).requires_grad_().DetachFromDisposeScope();

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
