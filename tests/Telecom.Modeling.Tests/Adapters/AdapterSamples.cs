using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Compression;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>One adapter of every method, on all linear layers of a small base.</summary>
internal static class AdapterSamples
{
    /// <summary>Methods that start from measurements of the base.</summary>
    public static IReadOnlyList<string> Measured { get; } = ["eva", "lora-sb", "eora"];

    public static IReadOnlyList<string> Names { get; } = [.. AdapterMethods.Names, .. Measured];

    public static LinearSettings Settings { get; } = new() { Rank = 2, Alpha = 3 };

    public static IReadOnlyList<LinearSite> Sites(BaseWeights weights) =>
        [.. Enumerable.Range(0, weights.Configuration.LayerCount)
            .SelectMany(layer => LinearTargets.Names.Select(name => LinearSite.Of(weights, layer, name)))];

    public static IReadOnlyList<AdapterPlacement> Placements(BaseWeights weights, LinearSettings? settings = null) =>
        [.. Sites(weights).Select(site => new AdapterPlacement(site, settings ?? Settings))];

    /// <summary>A lone layer with a weight of normal values.</summary>
    public static LinearSite Site(int outputs, int inputs, ScalarType type = ScalarType.Float32) => new()
    {
        Layer = 0,
        Target = "up_proj",
        Inputs = inputs,
        Outputs = outputs,
        Device = CPU,
        Weight = tensor(Arrays.Normal(77, (long)outputs * inputs), [outputs, inputs]).to(type),
        ElementType = type,
    };

    /// <param name="name">Of <see cref="Names"/>.</param>
    /// <param name="sites">Layers that will be adapted; their weights stand in for gradients where a method needs some.</param>
    public static IAdapterMethod Method(string name, IReadOnlyList<LinearSite> sites) => name switch
    {
        "eva" => new EvaMethod(new EvaStart(Settings.Rank, sites.ToDictionary(site => site.Path, Principal))),
        "eora" => new EoraMethod(sites.ToDictionary(site => site.Path, Uncompressed), sites.ToDictionary(site => site.Path, Covariance)),
        "lora-sb" => new LoraSbMethod(sites.ToDictionary(site => site.Path, site => site.Weight!), learningRate: 0.02),
        "miss-mini" => new MissMethod(width: 2),
        "nola" => new NolaMethod(bases: 5),
        "loca" => new LocaMethod(coefficients: 12),
        _ => AdapterMethods.Create(name),
    };

    public static Adapter Create(string name, BaseWeights weights) =>
        new(Method(name, Sites(weights)), Placements(weights, Settings with { RankStabilized = name == "rslora" }), seed: 5);

    /// <summary>As after training.</summary>
    public static Adapter Trained(string name, BaseWeights weights)
    {
        var adapter = Create(name, weights);
        Perturb(adapter);
        return adapter;
    }

    /// <summary>Adds normal values of deviation 0.2 to every parameter.</summary>
    public static void Perturb(Adapter adapter)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in adapter.Parameters)
        {
            using var step = tensor(Arrays.Normal(31 + (ulong)name.Length, parameter.numel()), parameter.shape);
            using var scaled = step.mul(0.2).to(parameter.dtype);
            parameter.add_(scaled);
        }

        adapter.Refresh();
    }

    // Measurements as a probe would bring them, from numbers of the site alone.
    private static Tensor Principal(LinearSite site) => linalg.svd(Noise(site, site.Inputs), fullMatrices: false).Vh.narrow(0, 0, Settings.Rank);

    private static Tensor Uncompressed(LinearSite site) => site.Weight!.add(Noise(site, site.Outputs).mul(0.3));

    private static Tensor Covariance(LinearSite site) => Noise(site, 3 * site.Inputs).t().mm(Noise(site, 3 * site.Inputs));

    private static Tensor Noise(LinearSite site, long rows) =>
        tensor(Arrays.Normal((ulong)site.Path.Length, rows * site.Inputs), [rows, site.Inputs]).to(site.ElementType);
}
