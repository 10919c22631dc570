using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Frozen tensors that all layers of one adapter share, such as random bases.</summary>
public sealed class SharedTensors : IDisposable
{
    private readonly SortedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    private readonly List<Tensor> derived = [];

    /// <summary>The tensors that files hold, by their names in files.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    /// <summary>Keeps a tensor that files hold.</summary>
    /// <returns>The tensor that is kept.</returns>
    public Tensor Add(string name, Tensor values)
    {
        var kept = values.detach().contiguous().clone().DetachFromDisposeScope();
        tensors.Add(name, kept);
        return kept;
    }

    /// <summary>Keeps a tensor that files need not hold, because it can be computed again.</summary>
    /// <returns>The tensor that is kept.</returns>
    public Tensor AddDerived(Tensor values)
    {
        var kept = values.detach().contiguous().clone().DetachFromDisposeScope();
        derived.Add(kept);
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in tensors.Values.Concat(derived))
        {
            tensor.Dispose();
        }
    }
}
