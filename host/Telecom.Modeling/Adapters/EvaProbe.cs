using System.Security.Cryptography;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Watches the inputs of linear layers for EVA: attached to a forward like an adapter, it adds nothing and feeds every layer's input to a principal
/// component analysis. Layers with equal inputs in the first batch (q, k, v; gate, up) share one.
/// </summary>
/// <param name="rank">Rank r of every layer before redistribution.</param>
/// <param name="rho">Components kept per layer are r ρ.</param>
/// <param name="threshold">Cosine of a component with its predecessor from which it counts as settled.</param>
public sealed class EvaProbe(int rank, double rho = 2, double threshold = 0.99) : IAdapterMethod, IDisposable
{
    private readonly Dictionary<string, IncrementalPca> byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (IncrementalPca Analysis, string Leader)> byInput = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> leaders = new(StringComparer.Ordinal);
    private Tensor? real;

    /// <inheritdoc/>
    public string Name => "eva-probe";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <summary>Components per layer.</summary>
    public int Components => (int)Math.Round(rank * rho, MidpointRounding.AwayFromZero);

    /// <summary>Analyses by module path; equal inputs have the same one.</summary>
    public IReadOnlyDictionary<string, IncrementalPca> Analyses => byPath;

    /// <summary>Whether the components that ranks can go to have settled in every layer.</summary>
    public bool Converged => byPath.Count > 0
        && byPath.Values.All(analysis => analysis.Cosines.Count > 0 && analysis.Cosines.All(cosine => cosine >= threshold));

    /// <summary>Tells which tokens of the next forward are padding, which must not count.</summary>
    /// <param name="mask">[B, T] bool, true where real; null when all are. Stays the caller's.</param>
    public void Expect(Tensor? mask)
    {
        real?.Dispose();
        real = mask?.reshape(-1).clone().DetachFromDisposeScope();
    }

    /// <summary>Ranks and starts of the layers seen.</summary>
    /// <param name="whiten">Whether components are divided by the square root of their singular values.</param>
    public EvaStart Result(bool whiten = false)
    {
        var ratios = byPath.ToDictionary(pair => pair.Key, pair => pair.Value.ExplainedVarianceRatios(), StringComparer.Ordinal);
        var ranks = EvaRanks.Distribute(ratios, byPath.Count * rank);
        using var noGradient = no_grad();
        var starts = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (path, layerRank) in ranks.Where(pair => pair.Value > 0))
        {
            using var scope = NewDisposeScope();
            var start = byPath[path].Components!.narrow(0, 0, layerRank);
            start = whiten ? start.div(byPath[path].SingularValues!.narrow(0, 0, layerRank).sqrt().unsqueeze(1)) : start;
            starts.Add(path, start.clone().DetachFromDisposeScope());
        }

        return new EvaStart(rank, starts);
    }

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) => new Linear(this, site);

    /// <inheritdoc/>
    public void Dispose()
    {
        real?.Dispose();
        foreach (var analysis in byPath.Values.Distinct())
        {
            analysis.Dispose();
        }
    }

    private void Watch(string path, Tensor x)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var rows = real is null ? x : x[real];
        if (!byPath.TryGetValue(path, out var analysis))
        {
            var key = Hash(rows);
            var (shared, leader) = byInput.GetValueOrDefault(key);
            analysis = shared ?? new IncrementalPca(Components);
            byPath.Add(path, analysis);
            leaders.Add(path, leader ?? path);
            byInput.TryAdd(key, (analysis, path));
        }

        if (leaders[path] == path)
        {
            analysis.Add(rows);
        }
    }

    private static string Hash(Tensor rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        TensorBytes.Visit(rows.detach().cpu().contiguous(), (bytes, _) => hash.AppendData(bytes));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private sealed class Linear(EvaProbe probe, LinearSite site) : AdaptedLinear
    {
        protected override Tensor? Compute(Tensor x, Tensor? y, bool training)
        {
            probe.Watch(site.Path, x);
            return null;
        }

        public override void Expect(Tensor? mask) => probe.Expect(mask);

        public override Tensor DeltaWeight() => zeros([site.Outputs, site.Inputs], site.ElementType, site.Device);
    }
}
