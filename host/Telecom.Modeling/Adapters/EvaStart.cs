using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>What EVA found: the A each layer starts from, at the rank it was given.</summary>
/// <param name="Rank">Rank r before redistribution.</param>
/// <param name="Starts">A by module path, [r_l, i]; layers whose rank came out as 0 are missing.</param>
public sealed record EvaStart(int Rank, IReadOnlyDictionary<string, Tensor> Starts) : IDisposable
{
    /// <summary>The layers that keep an adapter, with their ranks.</summary>
    /// <param name="sites">Candidates.</param>
    /// <param name="settings">Settings at <see cref="Rank"/>.</param>
    /// <param name="adjustScale">Whether alpha follows the rank, alpha_l = alpha r_l / r, so that the scale stays what it was.</param>
    public IEnumerable<AdapterPlacement> Place(IEnumerable<LinearSite> sites, LinearSettings settings, bool adjustScale = true)
    {
        foreach (var site in sites)
        {
            if (Starts.TryGetValue(site.Path, out var start))
            {
                var rank = (int)start.shape[0];
                var alpha = adjustScale ? settings.Alpha * rank / Rank : settings.Alpha;
                yield return new AdapterPlacement(site, settings with { Rank = rank, Alpha = alpha });
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var start in Starts.Values)
        {
            start.Dispose();
        }
    }
}
