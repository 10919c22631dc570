using Telecom.Modeling.Forward;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>The stacks of one sequence of adapters, made as layers ask for them.</summary>
/// <param name="adapters">The sequence.</param>
/// <param name="elementType">Type of the stacked tensors.</param>
internal sealed class FactorStackSet(Adapter[] adapters, ScalarType elementType) : IDisposable
{
    private readonly int[] versions = Array.ConvertAll(adapters, adapter => adapter.Version);
    private readonly Dictionary<LinearGroup, FactorStack> stacks = [];

    /// <summary>The sequence.</summary>
    public IReadOnlyList<Adapter> Adapters => adapters;

    /// <summary>Type of the stacked tensors.</summary>
    public ScalarType ElementType => elementType;

    /// <summary>Bytes of all stacks made so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether an adapter was written or disposed since.</summary>
    public bool IsStale
    {
        get
        {
            for (var i = 0; i < adapters.Length; i++)
            {
                if (adapters[i].IsDisposed || adapters[i].Version != versions[i])
                {
                    return true;
                }
            }

            return false;
        }
    }

    public FactorStack Of(LinearGroup group)
    {
        if (!stacks.TryGetValue(group, out var stack))
        {
            stacks.Add(group, stack = new FactorStack(Array.ConvertAll(adapters, adapter => group.Of(adapter)), group, elementType));
            Bytes += stack.Bytes;
        }

        return stack;
    }

    public void Dispose()
    {
        foreach (var stack in stacks.Values)
        {
            stack.Dispose();
        }
    }
}
