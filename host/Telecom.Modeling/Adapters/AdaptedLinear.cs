using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>The adapter of one linear layer y = Wx + b.</summary>
/// <remarks>Executor thread only. Parameters and buffers belong to this object; the layer's own weight does not.</remarks>
public abstract class AdaptedLinear : IDisposable
{
    private readonly SortedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tensor> buffers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tensor> constants = new(StringComparer.Ordinal);
    private ScalarType? elementType;

    /// <summary>Trainable tensors by their PEFT suffix, e.g. <c>lora_A.weight</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    /// <summary>Frozen tensors that follow from the base and the settings.</summary>
    public IReadOnlyDictionary<string, Tensor> Buffers => buffers;

    /// <summary>Whether something is added to the output whatever the input, which no pair of factors can express.</summary>
    public virtual bool AddsBias => false;

    /// <summary>Frozen tensors that follow from nothing else, such as a mask: files hold them beside the parameters.</summary>
    public IReadOnlyDictionary<string, Tensor> Constants => constants;

    /// <summary>What the adapter adds to the layer's output, in the element type of <paramref name="x"/>.</summary>
    /// <param name="x">[N, i], the layer's input.</param>
    /// <param name="y">[N, o], the layer's output Wx + b; null lets methods that need it compute it.</param>
    /// <param name="training">Whether dropout is active.</param>
    /// <returns>[N, o]; null when nothing is added.</returns>
    public Tensor? Delta(Tensor x, Tensor? y, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return elementType is not { } own || own == x.dtype
            ? Compute(x, y, training)
            : Compute(x.to(own), y?.to(own), training)?.to(x.dtype);
    }

    /// <summary>What merging adds to W: the product of the factors. Kinds without factors override it.</summary>
    /// <returns>[o, i]; the caller disposes.</returns>
    public virtual Tensor DeltaWeight()
    {
        using var scope = NewDisposeScope();
        var factors = LowRank() ?? throw new NotSupportedException($"{GetType().Name} has neither factors nor a DeltaWeight of its own.");
        return factors.B.mm(factors.A).MoveToOuterDisposeScope();
    }

    /// <summary>What merging adds to b.</summary>
    /// <returns>[o]; null when nothing is added. The caller disposes.</returns>
    public virtual Tensor? DeltaBias() => null;

    /// <summary>The served form.</summary>
    /// <returns>Null for kinds that have none.</returns>
    public virtual LowRankFactors? LowRank() => null;

    /// <summary>Forgets what was derived from the parameters; called after they were written.</summary>
    public virtual void Refresh()
    {
    }

    /// <summary>Checks and puts in order what a file brought; called once after parameters and constants were read.</summary>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">
    /// <see cref="Telecom.Sdk.Errors.ErrorCode.BundleInvalid"/>: the values contradict each other.
    /// </exception>
    public virtual void Accept() => Refresh();

    /// <summary>Told which tokens of the next forwards are real; losses of the method's own leave padding out.</summary>
    /// <param name="mask">[N] bool; null when all are. Stays the caller's.</param>
    public virtual void Expect(Tensor? mask)
    {
    }

    /// <summary>What the training forwards since the last call add to the loss.</summary>
    /// <returns>One number; null for nothing. The caller disposes.</returns>
    public virtual Tensor? TakeLoss() => null;

    /// <summary>Told which step the forwards until <see cref="AfterStep"/> belong to.</summary>
    public virtual void BeforeStep(AdapterStep step)
    {
    }

    /// <summary>What the method does to its parameters after a step of the optimiser, such as a proximal step.</summary>
    public virtual void AfterStep(AdapterStep step)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees tensors; overridden by methods that keep more than parameters and buffers.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var tensor in parameters.Values.Concat(buffers.Values).Concat(constants.Values))
        {
            tensor.Dispose();
        }
    }

    /// <summary><see cref="Delta"/> in the element type of the parameters.</summary>
    protected abstract Tensor? Compute(Tensor x, Tensor? y, bool training);

    /// <returns>The input with dropout while training, as it is otherwise.</returns>
    protected static Tensor Dropped(Tensor x, double dropout, bool training) =>
        training && dropout > 0 ? nn.functional.dropout(x, dropout, training: true) : x;

    /// <summary>Keeps a trainable tensor of a site.</summary>
    protected Tensor Trainable(string name, Tensor values, LinearSite site)
    {
        elementType = site.ElementType;
        var kept = Place(values, site).requires_grad_();
        parameters.Add(name, kept);
        return kept;
    }

    /// <summary>Keeps a tensor that is never trained.</summary>
    protected Tensor Frozen(string name, Tensor values, LinearSite site)
    {
        var kept = Place(values, site);
        buffers.Add(name, kept);
        return kept;
    }

    /// <summary>Keeps a frozen tensor that files hold, in its own element type.</summary>
    protected Tensor Constant(string name, Tensor values, LinearSite site)
    {
        var kept = values.detach().to(site.Device).contiguous().clone().DetachFromDisposeScope();
        constants.Add(name, kept);
        return kept;
    }

    // A copy even where type and device are right already: results of decompositions may be views of larger tensors.
    private static Tensor Place(Tensor values, LinearSite site) =>
        values.detach().to(site.ElementType).to(site.Device).contiguous().clone().DetachFromDisposeScope();
}
