using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <content>What serving derives from the parameters and keeps beside them.</content>
public partial class Adapter
{
    private static long count;

    private readonly Dictionary<(int Layer, string Target, ScalarType Type), ServedGroup> served = [];

    /// <summary>Place of this adapter among all of the process, from 1: the order in which a mixed batch is sorted.</summary>
    internal long Id { get; } = Interlocked.Increment(ref count);

    /// <summary>Raised whenever the parameters were written: what was derived from an earlier version is stale.</summary>
    internal int Version { get; private set; }

    /// <summary>Whether its tensors are gone.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>The factors of linear layers that share an input, in the form in which they are served; kept until the next refresh.</summary>
    /// <param name="layer">Layer index.</param>
    /// <param name="targets">Names of the layers.</param>
    /// <param name="elementType">Element type of the base.</param>
    internal ServedGroup Served(int layer, IReadOnlyList<string> targets, ScalarType elementType)
    {
        var key = (layer, targets[0], elementType);
        if (!served.TryGetValue(key, out var factors))
        {
            served.Add(key, factors = ServedGroup.Of(this, layer, targets, elementType));
        }

        return factors;
    }

    /// <summary>Derives everything that serving on a base needs, so that the first request does not wait for it.</summary>
    /// <returns>One element per part; the caller may do something else in between.</returns>
    internal IEnumerable<bool> PrepareServing(BaseWeights weights)
    {
        for (var layer = 0; layer < weights.Configuration.LayerCount; layer++)
        {
            foreach (var targets in LinearTargets.Groups(weights.Configuration))
            {
                if (targets.Any(target => Targets(layer, target)))
                {
                    Served(layer, targets, weights.ElementType);
                    yield return true;
                }
            }
        }
    }

    private void DropServed()
    {
        foreach (var group in served.Values)
        {
            group.Dispose();
        }

        served.Clear();
    }
}
