using System.Collections.ObjectModel;
using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Adapters;

/// <summary>One way to adapt a linear layer. A new method is one file that implements this and returns its own <see cref="AdaptedLinear"/>.</summary>
public interface IAdapterMethod
{
    /// <summary>Short name, e.g. <c>lora</c>.</summary>
    string Name { get; }

    /// <summary>How it is served.</summary>
    AdapterKind Kind { get; }

    /// <summary>Whether a fresh adapter already changes the output of the base.</summary>
    bool StartsNonIdentity => false;

    /// <summary>Whether the same parameters mean another ΔW on another base, so that files must name the base they were trained on.</summary>
    bool DependsOnBase => false;

    /// <summary>
    /// Numbers that shape the adapter beside rank and scale, by name: what <see cref="AdapterMethods.Create"/> builds the method again from.
    /// </summary>
    IReadOnlyDictionary<string, double> Options => ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Makes what the layers of one adapter share, before the first of them is attached.</summary>
    /// <param name="placements">All layers.</param>
    /// <param name="shared">Keeps the shared tensors.</param>
    /// <param name="random">Source of the initial values.</param>
    /// <returns>What attaches the layers: this method itself where nothing is shared.</returns>
    IAdapterMethod For(IReadOnlyList<AdapterPlacement> placements, SharedTensors shared, ref SplitMix64 random) => this;

    /// <summary>Starts the adapter of one linear layer. Executor thread only.</summary>
    /// <param name="site">The layer; its weight is read and never written.</param>
    /// <param name="settings">Rank, scale and dropout of this layer.</param>
    /// <param name="random">Source of the initial values; consumed in the order of the layers.</param>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">The method cannot adapt this layer; the message says why.</exception>
    AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random);
}
