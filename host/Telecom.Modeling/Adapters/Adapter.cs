using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>An adapter of one method on some linear layers of a base.</summary>
/// <remarks>Parameters carry PEFT's names. Executor thread only.</remarks>
public partial class Adapter : IDisposable
{
    /// <summary>What PEFT puts before every module path.</summary>
    internal const string Prefix = "base_model.model.";

    private const string SharedPrefix = "base_model.";

    private readonly Dictionary<(int Layer, string Target), AdaptedLinear> linears = [];
    private readonly SortedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tensor> saved = new(StringComparer.Ordinal);
    private readonly SharedTensors shared = new();
    private readonly List<AdapterPlacement> placements = [];
    private readonly Dictionary<string, ReplacedNorm> norms = new(StringComparer.Ordinal);
    private bool addsBias;
    private Tensor? real;
    private bool training;

    /// <param name="method">How each layer is adapted.</param>
    /// <param name="placements">Which layers, in the order in which they draw their initial values.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="replaced">Linear layers, with their weights, that the adapter replaces as a whole; they start as the base has them.</param>
    /// <param name="vocabulary">What it changes at the vocabulary; owned by the adapter from here on. Null for nothing.</param>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">A setting is out of range, or the method cannot adapt a layer.</exception>
    public Adapter(
        IAdapterMethod method,
        IEnumerable<AdapterPlacement> placements,
        ulong seed,
        IReadOnlyList<LinearSite>? replaced = null,
        AdaptedVocabulary? vocabulary = null)
        : this(method, replaced ?? [], vocabulary)
    {
        ArgumentNullException.ThrowIfNull(placements);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        try
        {
            foreach (var _ in Build([.. placements], seed))
            {
            }
        }
        catch
        {
            DisposeParts();
            throw;
        }
    }

    /// <summary>An adapter whose layers <see cref="Build"/> makes.</summary>
    internal Adapter(IAdapterMethod method, IReadOnlyList<LinearSite> replaced, AdaptedVocabulary? vocabulary)
    {
        ArgumentNullException.ThrowIfNull(method);
        Method = method;
        Replaced = replaced;
        Vocabulary = vocabulary;
    }

    /// <summary>Norms that the adapter brings along whole, by module path.</summary>
    internal IReadOnlyDictionary<string, ReplacedNorm> Norms => norms;

    /// <summary>How it was made.</summary>
    public IAdapterMethod Method { get; }

    /// <summary>How it is served: as its method is, unless it also does what factors cannot express.</summary>
    public AdapterKind Kind => Replaced.Count > 0 || addsBias ? AdapterKind.Weight : Method.Kind;

    /// <summary>The adapted layers and their settings.</summary>
    public IReadOnlyList<AdapterPlacement> Placements => placements;

    /// <summary>Linear layers that the adapter replaces as a whole.</summary>
    public IReadOnlyList<LinearSite> Replaced { get; }

    /// <summary>What it changes where tokens enter and leave the base; null for nothing.</summary>
    public AdaptedVocabulary? Vocabulary { get; }

    /// <summary>Trainable tensors by PEFT name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    /// <summary>Everything that a file holds by PEFT name, in ordinal order: parameters and frozen tensors that follow from nothing else.</summary>
    public IReadOnlyDictionary<string, Tensor> Saved => saved;

    /// <summary>Names of the targets where every layer of the base has the same ones; null where layers were placed one by one.</summary>
    public IReadOnlyList<string>? TargetNames { get; init; }

    /// <summary>Number of trainable values.</summary>
    public long ParameterCount => parameters.Values.Sum(parameter => parameter.numel());

    /// <summary>Learning rates of parameters as multiples of the run's, by PEFT name; those that are missing have one.</summary>
    public IReadOnlyDictionary<string, double> LearningRateRatios => Placements.Where(placement => placement.Settings.LearningRateRatio != 1)
        .ToDictionary(placement => $"{Prefix}{placement.Site.Path}.{LoraLinear.NameB}", placement => placement.Settings.LearningRateRatio);

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

        Version++;
        DropServed();
    }

    /// <summary>Checks and puts in order what a file brought; called once after its tensors were read.</summary>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">
    /// <see cref="Telecom.Sdk.Errors.ErrorCode.BundleInvalid"/>: the values contradict each other.
    /// </exception>
    public void Accept()
    {
        foreach (var linear in linears.Values)
        {
            linear.Accept();
        }

        Refresh();
    }

    /// <summary>Tells which tokens of the next forwards are real; losses of the method's own leave padding out.</summary>
    /// <param name="mask">[B, T] bool; null when all are. Stays the caller's.</param>
    public void Expect(Tensor? mask)
    {
        real?.Dispose();
        real = mask?.reshape(-1).clone().DetachFromDisposeScope();
        foreach (var linear in linears.Values)
        {
            linear.Expect(real);
        }
    }

    /// <summary>What the training forwards since the last call add to the loss.</summary>
    /// <returns>One number; null for nothing. The caller disposes.</returns>
    public Tensor? TakeLoss()
    {
        var losses = linears.Values.Select(linear => linear.TakeLoss()).OfType<Tensor>().ToArray();
        return losses.Length == 0 ? null : stack(losses).sum();
    }

    /// <summary>Tells which step the forwards until <see cref="AfterStep"/> belong to.</summary>
    public void BeforeStep(AdapterStep step)
    {
        foreach (var linear in linears.Values)
        {
            linear.BeforeStep(step);
        }
    }

    /// <summary>What the method does to its parameters after a step of the optimiser.</summary>
    public void AfterStep(AdapterStep step)
    {
        using var noGradient = no_grad();
        foreach (var linear in linears.Values)
        {
            linear.AfterStep(step);
        }

        Refresh();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the layers one by one, so that a caller can do something else in between.</summary>
    /// <param name="all">Which layers, in the order in which they draw their initial values.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <returns>
    /// One element per part. The caller keeps a dispose scope and <c>no_grad</c> around each, and disposes the adapter when one fails.
    /// </returns>
    internal IEnumerable<bool> Build(IReadOnlyList<AdapterPlacement> all, ulong seed)
    {
        var random = new SplitMix64(seed);
        foreach (var placement in all)
        {
            placement.Settings.Check();
        }

        var attaching = Method.For(all, shared, ref random);
        foreach (var placement in all)
        {
            Add(placement.Site, attaching.Attach(placement.Site, placement.Settings, ref random));
            placements.Add(placement);
            yield return true;
        }

        foreach (var site in Replaced)
        {
            Add(site, new ReplacedLinear(site, LinearTargets.IsTransposed(site.Target)));
            yield return true;
        }

        foreach (var (name, parameter) in Vocabulary?.Parameters ?? new Dictionary<string, Tensor>())
        {
            parameters.Add(Prefix + name, parameter);
            saved.Add(Prefix + name, parameter);
        }

        foreach (var (name, tensor) in shared.Tensors)
        {
            saved.Add(SharedPrefix + name, tensor);
        }

        addsBias = linears.Values.Any(linear => linear.AddsBias);
    }

    /// <summary>Replaces a norm for this adapter's rows; it starts as the base has it. Before the adapter's weights are loaded.</summary>
    internal void ReplaceNorm(string path, Tensor weight, Tensor? bias)
    {
        using var noGradient = no_grad();
        Tensor Keep(string name, Tensor values)
        {
            var kept = values.detach().to(float32, copy: true).requires_grad_().DetachFromDisposeScope();
            parameters.Add($"{Prefix}{path}.{name}", kept);
            saved.Add($"{Prefix}{path}.{name}", kept);
            return kept;
        }

        norms.Add(path, new ReplacedNorm(Keep("weight", weight), bias is null ? null : Keep("bias", bias)));
    }

    /// <summary>Frees all tensors.</summary>
    protected virtual void Dispose(bool disposing) => DisposeParts();

    private void Add(LinearSite site, AdaptedLinear linear)
    {
        linears.Add((site.Layer, site.Target), linear);
        foreach (var (name, parameter) in linear.Parameters)
        {
            parameters.Add($"{Prefix}{site.Path}.{name}", parameter);
        }

        foreach (var (name, tensor) in linear.Parameters.Concat(linear.Constants))
        {
            saved.Add($"{Prefix}{site.Path}.{name}", tensor);
        }
    }

    private void DisposeParts()
    {
        shared.Dispose();
        real?.Dispose();
        foreach (var linear in linears.Values)
        {
            linear.Dispose();
        }

        foreach (var norm in norms.Values)
        {
            norm.Weight.Dispose();
            norm.Bias?.Dispose();
        }

        Vocabulary?.Dispose();
        DropServed();
        IsDisposed = true;
    }
}
