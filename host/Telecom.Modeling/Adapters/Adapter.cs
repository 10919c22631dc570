using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>An adapter of one method on some linear layers of a base.</summary>
/// <remarks>Parameters carry PEFT's names. Executor thread only.</remarks>
public class Adapter : IDisposable
{
    /// <summary>What PEFT puts before every module path.</summary>
    internal const string Prefix = "base_model.model.";

    private readonly Dictionary<(int Layer, string Target), AdaptedLinear> linears = [];
    private readonly SortedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly List<AdapterPlacement> placements = [];
    private bool training;

    /// <param name="method">How each layer is adapted.</param>
    /// <param name="placements">Which layers, in the order in which they draw their initial values.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">A setting is out of range, or the method cannot adapt a layer.</exception>
    public Adapter(IAdapterMethod method, IEnumerable<AdapterPlacement> placements, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(placements);
        Method = method;
        var random = new SplitMix64(seed);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        try
        {
            foreach (var placement in placements)
            {
                placement.Settings.Check();
                Add(placement, method.Attach(placement.Site, placement.Settings, ref random));
            }
        }
        catch
        {
            DisposeLinears();
            throw;
        }
    }

    /// <summary>How it was made.</summary>
    public IAdapterMethod Method { get; }

    /// <summary>How it is served.</summary>
    public AdapterKind Kind => Method.Kind;

    /// <summary>The adapted layers and their settings.</summary>
    public IReadOnlyList<AdapterPlacement> Placements => placements;

    /// <summary>Trainable tensors by PEFT name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    /// <summary>Number of trainable values.</summary>
    public long ParameterCount => parameters.Values.Sum(parameter => parameter.numel());

    /// <summary>Whether dropout is active.</summary>
    public bool Training
    {
        get => training;
        set
        {
            training = value;
            Refresh();
        }
    }

    /// <summary>Whether a linear layer is adapted.</summary>
    public bool Targets(int layer, string target) => linears.ContainsKey((layer, target));

    /// <summary>The adapter of one linear layer; null when the layer is not adapted.</summary>
    public AdaptedLinear? Linear(int layer, string target) => linears.GetValueOrDefault((layer, target));

    /// <summary>The adapter's addition to one linear layer.</summary>
    /// <param name="layer">Layer index.</param>
    /// <param name="target">Which linear layer.</param>
    /// <param name="x">[N, i], the layer's input.</param>
    /// <param name="y">[N, o], the layer's output; null lets methods that need it compute it.</param>
    /// <returns>[N, o]; null when nothing is added.</returns>
    public Tensor? Delta(int layer, string target, Tensor x, Tensor? y = null) =>
        linears.TryGetValue((layer, target), out var linear) ? linear.Delta(x, y, training) : null;

    /// <summary>Forgets what was derived from the parameters; called after they were written.</summary>
    public void Refresh()
    {
        foreach (var linear in linears.Values)
        {
            linear.Refresh();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees all tensors.</summary>
    protected virtual void Dispose(bool disposing) => DisposeLinears();

    private void Add(AdapterPlacement placement, AdaptedLinear linear)
    {
        linears.Add((placement.Site.Layer, placement.Site.Target), linear);
        placements.Add(placement);
        foreach (var (name, parameter) in linear.Parameters)
        {
            parameters.Add($"{Prefix}{placement.Site.Path}.{name}", parameter);
        }
    }

    private void DisposeLinears()
    {
        foreach (var linear in linears.Values)
        {
            linear.Dispose();
        }
    }
}
