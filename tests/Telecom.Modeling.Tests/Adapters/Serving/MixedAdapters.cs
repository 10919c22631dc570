using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Tests.Adapters.Serving;

/// <summary>Adapters of several methods, ranks and targets on one small base; null stands for rows without one.</summary>
internal static class MixedAdapters
{
    private static readonly string[] QueryValue = ["q_proj", "v_proj"];
    private static readonly string[] KeyDown = ["k_proj", "down_proj"];
    private static readonly string[] OutputUp = ["o_proj", "up_proj"];

    public static List<Adapter?> All(BaseWeights weights) =>
    [
        null,
        Create(new LoraMethod(), weights, LinearTargets.Names, rank: 3, seed: 1),
        Create(new LoraMethod(), weights, QueryValue, rank: 8, seed: 2),
        Create(new LoraMethod(), weights, KeyDown, rank: 1, seed: 3),
        Create(new LoraMethod(), weights, LinearTargets.Names, rank: 9, seed: 4, rankStabilized: true),
        Create(new DoraMethod(), weights, LinearTargets.Names, rank: 2, seed: 5),
        Create(new DoraMethod(), weights, OutputUp, rank: 5, seed: 6),
        Create(AdapterMethods.Create("miss"), weights, KeyDown, rank: 2, seed: 7),
        Create(AdapterMethods.Create("shira"), weights, QueryValue, rank: 2, seed: 8),
    ];

    public static Adapter Create(
        IAdapterMethod method, BaseWeights weights, IReadOnlyList<string> targets, int rank, ulong seed, bool rankStabilized = false)
    {
        // Scales of 1/2 and 3/2: larger ones make attention so sharp that float32 rounding alone passes the tolerance.
        var settings = new LinearSettings { Rank = rank, Alpha = rank / 2.0, RankStabilized = rankStabilized };
        var placements = AdapterSamples.Sites(weights).Where(site => targets.Contains(site.Target))
            .Select(site => new AdapterPlacement(site, settings));
        var adapter = new Adapter(method, placements, seed);
        AdapterSamples.Perturb(adapter);
        return adapter;
    }
}
