using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Location-aware cosine adaptation (Du et al. 2025): ΔW = alpha Cᵀ S D with orthonormal cosine transforms C[o, o] and D[i, i] and n trained
/// coefficients a_k at places l_k of the spectrum S; coefficients of one place add up. a starts at zero, places uniform; the rank does not enter.
/// n trainable values and n places per layer.
/// </summary>
/// <param name="coefficients">n, 1 to 1 048 576.</param>
/// <remarks>
/// Places are learned in turns with the coefficients during the first part of a run, then frozen (<see cref="LocaSchedule"/>): along a row or column
/// of the spectrum the gradient is the difference of the neighbours on both sides, times a_k / 2.
/// </remarks>
public sealed class LocaMethod(int coefficients = LocaMethod.UsualCoefficients) : IAdapterMethod
{
    /// <summary>n unless stated otherwise (ours).</summary>
    internal const int UsualCoefficients = 1000;

    /// <summary>Name of the option that holds n.</summary>
    internal const string CoefficientsOption = "coefficients";

    /// <summary>Name of a, [n].</summary>
    internal const string NameCoefficients = "loca_coefficients";

    /// <summary>Name of rows and columns of the spectrum, [2, n] int32.</summary>
    internal const string NameLocations = "loca_locations";

    /// <inheritdoc/>
    public string Name => "loca";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.Weight;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Options { get; } = new Dictionary<string, double> { [CoefficientsOption] = coefficients };

    /// <inheritdoc/>
    public IAdapterMethod For(IReadOnlyList<AdapterPlacement> placements, SharedTensors shared, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var bases = new Dictionary<(int Size, ScalarType Type, string Device), Tensor>();
        foreach (var site in placements.Select(placement => placement.Site))
        {
            foreach (var size in new[] { site.Inputs, site.Outputs })
            {
                if (!bases.ContainsKey(Key(size, site)))
                {
                    bases.Add(Key(size, site), shared.AddDerived(CosineBasis.Of(size).to(site.ElementType).to(site.Device)));
                }
            }
        }

        return new Sharing(this, bases);
    }

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        throw new InvalidOperationException("Layers are attached by what For returns.");

    private static (int Size, ScalarType Type, string Device) Key(int size, LinearSite site) => (size, site.ElementType, site.Device.ToString());

    private Tensor Places(LinearSite site, ref SplitMix64 random)
    {
        var places = new int[2 * coefficients];
        for (var k = 0; k < coefficients; k++)
        {
            places[k] = (int)(random.NextUnit() * site.Outputs);
            places[coefficients + k] = (int)(random.NextUnit() * site.Inputs);
        }

        return tensor(places, [2, coefficients]);
    }

    private sealed class Sharing(LocaMethod method, Dictionary<(int Size, ScalarType Type, string Device), Tensor> bases) : IAdapterMethod
    {
        public string Name => method.Name;

        public AdapterKind Kind => method.Kind;

        public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
        {
            using var scope = NewDisposeScope();
            return new LocaLinear(site, settings, method.Places(site, ref random), bases[Key(site.Outputs, site)], bases[Key(site.Inputs, site)]);
        }
    }
}
