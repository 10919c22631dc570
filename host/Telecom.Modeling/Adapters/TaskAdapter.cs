using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;

namespace Telecom.Modeling.Adapters;

/// <summary>The adapters that tasks train: one method on the same linear layers of every decoder layer.</summary>
public static class TaskAdapter
{
    /// <summary>Builds a fresh adapter on a base. Executor thread only.</summary>
    /// <param name="options">Method, rank, scale and targets.</param>
    /// <param name="weights">The base; methods that depend on its weights read them.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <returns>The adapter; the caller disposes.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.InvalidInput"/>: the method or one of its options is unknown; <see cref="ErrorCode.BundleInvalid"/>: an option is out of
    /// range, the base lacks a target, or the method cannot adapt it.
    /// </exception>
    public static Adapter Create(AdapterOptions options, BaseWeights weights, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(weights);
        var method = AdapterMethods.Create(options.Method, options.MethodOptions);
        return new Adapter(method, Place(options, weights), seed) { TargetNames = options.Targets };
    }

    /// <summary>The layers of a base that options mean, see <see cref="Place(AdapterOptions, BaseConfiguration, Func{int, string, LinearSite})"/>.</summary>
    internal static IEnumerable<AdapterPlacement> Place(AdapterOptions options, BaseWeights weights) =>
        Place(options, weights.Configuration, (layer, target) => LinearSite.Of(weights, layer, target));

    /// <summary>The layers that options mean, in the order in which they draw their initial values.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: an option is out of range.</exception>
    internal static IEnumerable<AdapterPlacement> Place(AdapterOptions options, BaseConfiguration shape, Func<int, string, LinearSite> site)
    {
        var settings = new LinearSettings
        {
            Rank = options.Rank,
            Alpha = options.Alpha,
            Dropout = options.Dropout,
            LearningRateRatio = options.LearningRateRatio,
            RankStabilized = options.Method == AdapterMethods.RankStabilized,
        };
        settings.Check();
        var problem = options.Targets.Count == 0 ? "it names no target"
            : options.Targets.Distinct(StringComparer.Ordinal).Count() < options.Targets.Count ? "it names a target twice"
            : null;
        return problem is null
            ? Enumerable.Range(0, shape.LayerCount).SelectMany(layer => options.Targets.Order(StringComparer.Ordinal)
                .Select(target => new AdapterPlacement(site(layer, target), settings)))
            : throw new TelecomException(ErrorCode.BundleInvalid, $"The adapter cannot be built: {problem}.");
    }
}
