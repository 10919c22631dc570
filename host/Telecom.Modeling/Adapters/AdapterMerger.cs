using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Makes one LoRA adapter of several low-rank ones. The result has alpha = r, so its own scale is one.</summary>
/// <param name="merge">How.</param>
/// <param name="density">Share of entries that ties and dare keep, in (0, 1].</param>
/// <param name="rank">Rank of the svd forms; null takes the largest of the inputs.</param>
/// <param name="seed">Seed of the dare masks.</param>
public sealed class AdapterMerger(AdapterMerge merge, double density = 1, int? rank = null, ulong seed = 0)
{
    private bool IsOnDelta => merge is AdapterMerge.Svd or AdapterMerge.TiesSvd or AdapterMerge.DareLinearSvd or AdapterMerge.DareTiesSvd;

    /// <summary>Merges layer by layer; a layer that only some adapters have is merged from these. Executor thread only.</summary>
    /// <param name="adapters">At least one; unchanged.</param>
    /// <param name="weights">One factor per adapter.</param>
    /// <returns>A LoRA adapter; the caller disposes.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.Unprocessable"/>: an adapter is not low-rank, ranks differ where the factors are summed, or a value is out of range.
    /// </exception>
    public Adapter Merge(IReadOnlyList<Adapter> adapters, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(weights);
        Check(adapters, weights);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var random = new SplitMix64(seed);
        var merged = new Dictionary<string, (Tensor A, Tensor B)>(StringComparer.Ordinal);
        var placements = new List<AdapterPlacement>();
        foreach (var site in adapters.SelectMany(adapter => adapter.Placements).Select(placement => placement.Site)
            .DistinctBy(site => site.Path).OrderBy(site => site.Layer).ThenBy(site => site.Target, StringComparer.Ordinal))
        {
            var parts = adapters.Zip(weights).Where(pair => pair.First.Targets(site.Layer, site.Target))
                .Select(pair => Part.Of(pair.First, site, pair.Second)).ToArray();
            var (a, b) = IsOnDelta ? OnDelta(parts, ref random) : OnFactors(site, parts, ref random);
            merged.Add(site.Path, (a, b));
            placements.Add(new AdapterPlacement(site, new LinearSettings { Rank = (int)a.shape[0], Alpha = a.shape[0] }));
        }

        return new Adapter(new MergedLora(merged), placements, seed: 0);
    }

    private (Tensor A, Tensor B) OnFactors(LinearSite site, Part[] parts, ref SplitMix64 random)
    {
        if (merge == AdapterMerge.Cat)
        {
            return (cat([.. parts.Select(part => part.A.Times(part.Weight * part.Scale))], 0), cat([.. parts.Select(part => part.B)], 1));
        }

        if (parts.Select(part => part.A.shape[0]).Distinct().Count() > 1)
        {
            throw Refused($"the ranks at {site.Path} differ; use cat or one of the svd forms");
        }

        // √|w s| on both factors; the sign goes with A.
        double[] roots = [.. parts.Select(part => Math.Sqrt(Math.Abs(part.Weight * part.Scale)))];
        double[] signed = [.. parts.Zip(roots, (part, root) => Math.Sign(part.Weight * part.Scale) * root)];
        var a = Combine([.. parts.Select(part => part.A)], signed, ref random);
        return (a, Combine([.. parts.Select(part => part.B)], roots, ref random));
    }

    private (Tensor A, Tensor B) OnDelta(Part[] parts, ref SplitMix64 random)
    {
        var deltas = parts.Select(part => part.B.mm(part.A).Times(part.Scale)).ToArray();
        var sum = Combine(deltas, [.. parts.Select(part => part.Weight)], ref random);
        var kept = Math.Min(rank ?? parts.Max(part => part.A.shape[0]), Math.Min(sum.shape[0], sum.shape[1]));
        var (u, s, vt) = linalg.svd(sum.to(float64), fullMatrices: false);
        return (vt.narrow(0, 0, kept), u.narrow(1, 0, kept).mul(s.narrow(0, 0, kept)));
    }

    private Tensor Combine(Tensor[] tensors, double[] weights, ref SplitMix64 random)
    {
        switch (merge)
        {
            case AdapterMerge.Ties or AdapterMerge.TiesSvd:
                return TensorMerge.AverageOfMajority([.. tensors.Select(tensor => TensorMerge.Trim(tensor, density))], weights);
            case AdapterMerge.DareLinear or AdapterMerge.DareLinearSvd:
                return TensorMerge.Sum(Thinned(tensors, ref random), weights);
            case AdapterMerge.DareTies or AdapterMerge.DareTiesSvd:
                return TensorMerge.AverageOfMajority(Thinned(tensors, ref random), weights);
            default:
                return TensorMerge.Sum(tensors, weights);
        }
    }

    private Tensor[] Thinned(Tensor[] tensors, ref SplitMix64 random)
    {
        var thinned = new Tensor[tensors.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            thinned[i] = TensorMerge.Thin(tensors[i], density, ref random);
        }

        return thinned;
    }

    private void Check(IReadOnlyList<Adapter> adapters, IReadOnlyList<double> weights)
    {
        if (adapters.Count == 0 || adapters.Count != weights.Count || !weights.All(double.IsFinite))
        {
            throw Refused($"{adapters.Count} adapters and {weights.Count} weights were given; it needs one finite weight per adapter");
        }

        if (density is not (> 0 and <= 1) || rank is < 1)
        {
            throw Refused("density must be in (0, 1] and the rank at least 1");
        }

        if (adapters.Any(adapter => adapter.Replaced.Count > 0 || adapter.Norms.Count > 0 || adapter.Vocabulary is not null))
        {
            throw Refused("one of them has whole modules, or changes embedding or head, which cannot be mixed");
        }

        if (adapters.FirstOrDefault(adapter => adapter.Kind is not (AdapterKind.LowRank or AdapterKind.Block)) is { } other)
        {
            throw Refused($"an adapter of method '{other.Method.Name}' has no pair of factors");
        }
    }

    private static TelecomException Refused(string problem) => new(ErrorCode.Unprocessable, $"The adapters cannot be merged: {problem}.");

    /// <summary>One adapter's share in a layer: w · s · B A.</summary>
    private sealed record Part(Tensor A, Tensor B, double Scale, double Weight)
    {
        public static Part Of(Adapter adapter, LinearSite site, double weight)
        {
            var linear = adapter.Linear(site.Layer, site.Target)!;
            if (linear is LoraLinear { Buffers.Count: 0 })
            {
                var settings = adapter.Placements.First(placement => placement.Site.Path == site.Path).Settings;
                return new Part(linear.Parameters[LoraLinear.NameA].detach(), linear.Parameters[LoraLinear.NameB].detach(), settings.Scale, weight);
            }

            var served = linear.LowRank()!;
            return new Part(served.A, served.B, 1, weight);
        }
    }

    private sealed class MergedLora(Dictionary<string, (Tensor A, Tensor B)> factors) : IAdapterMethod
    {
        public string Name => "lora";

        public AdapterKind Kind => AdapterKind.LowRank;

        public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
            new LoraLinear(site, settings, factors[site.Path].A, factors[site.Path].B);
    }
}
