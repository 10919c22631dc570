using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Frozen tensors that all layers of one adapter share, such as random bases; files hold them once.</summary>
public sealed class SharedTensors : IDisposable
{
    private readonly SortedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    /// <summary>The tensors by their names in files.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    /// <summary>Keeps a tensor as long as the adapter lives.</summary>
    /// <returns>The tensor that is kept.</returns>
    public Tensor Add(string name, Tensor values)
    {
        var kept = values.detach().contiguous().clone().DetachFromDisposeScope();
        tensors.Add(name, kept);
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
