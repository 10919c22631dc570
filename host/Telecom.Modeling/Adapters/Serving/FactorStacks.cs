using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>
/// Stacks of the sequences of adapters that were served last. A sequence gets its stacks when it comes for the second time: one that never comes
/// again would pay for the copies and gain nothing.
/// </summary>
/// <param name="maxBytes">Memory for all stacks.</param>
internal sealed class FactorStacks(long maxBytes) : IDisposable
{
    private const int MaxSets = 4;
    private const int MaxRemembered = 32;

    // The most recently used stands last.
    private readonly List<FactorStackSet> sets = [];
    private readonly List<long[]> remembered = [];

    /// <summary>Memory of all stacks.</summary>
    public long Bytes => sets.Sum(set => set.Bytes);

    /// <param name="adapters">Those of the batch, in order.</param>
    /// <param name="elementType">Type of the stacked tensors.</param>
    /// <param name="atOnce">Whether a new sequence gets its stacks now.</param>
    /// <returns>Null when the sequence has no stacks yet, or would need more memory than there is.</returns>
    public FactorStackSet? Find(Adapter[] adapters, ScalarType elementType, bool atOnce)
    {
        Trim();
        var index = sets.FindIndex(set => set.ElementType == elementType && set.Adapters.SequenceEqual(adapters));
        if (index >= 0)
        {
            var found = sets[index];
            sets.RemoveAt(index);
            sets.Add(found);
            return found;
        }

        // Padding of ranks can only be estimated here; it counts in full once the stacks exist.
        if (adapters.Length * adapters.Max(adapter => adapter.ParameterCount) * sizeof(float) > maxBytes)
        {
            return null;
        }

        if (!atOnce && !IsKnown(Array.ConvertAll(adapters, adapter => adapter.Id)))
        {
            return null;
        }

        var set = new FactorStackSet(adapters, elementType);
        sets.Add(set);
        return set;
    }

    public void Dispose()
    {
        sets.ForEach(set => set.Dispose());
        sets.Clear();
    }

    private bool IsKnown(long[] ids)
    {
        if (remembered.Exists(known => known.AsSpan().SequenceEqual(ids)))
        {
            return true;
        }

        if (remembered.Count == MaxRemembered)
        {
            remembered.RemoveAt(0);
        }

        remembered.Add(ids);
        return false;
    }

    // Before a forward, when nobody uses any.
    private void Trim()
    {
        for (var i = sets.Count - 1; i >= 0; i--)
        {
            if (sets[i].IsStale)
            {
                Remove(i);
            }
        }

        while (sets.Count > 1 && (sets.Count >= MaxSets || Bytes > maxBytes))
        {
            Remove(0);
        }
    }

    private void Remove(int index)
    {
        sets[index].Dispose();
        sets.RemoveAt(index);
    }
}
