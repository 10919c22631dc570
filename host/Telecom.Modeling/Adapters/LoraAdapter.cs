using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Plain LoRA on the same linear layers of every decoder layer: the adapter that tasks train, see <see cref="LoraMethod"/>.</summary>
public sealed class LoraAdapter : Adapter
{
    /// <param name="options">Rank, scale and targets.</param>
    /// <param name="configuration">Shape of the base.</param>
    /// <param name="device">Device of the base.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: an option is out of range, or the base lacks a target.</exception>
    public LoraAdapter(AdapterOptions options, BaseConfiguration configuration, Device device, ulong seed)
        : base(new LoraMethod(), Placed(options, configuration, device), seed)
    {
        Options = options;
        TargetNames = options.Targets;
    }

    /// <summary>Rank, scale and targets.</summary>
    public AdapterOptions Options { get; }

    private static IEnumerable<AdapterPlacement> Placed(AdapterOptions options, BaseConfiguration configuration, Device device)
    {
        var settings = new LinearSettings { Rank = options.Rank, Alpha = options.Alpha, Dropout = options.Dropout };
        settings.Check();
        var problem = options.Targets.Count == 0 ? "it names no target"
            : options.Targets.Distinct(StringComparer.Ordinal).Count() < options.Targets.Count ? "it names a target twice"
            : null;
        if (problem is not null)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"The adapter cannot be built: {problem}.");
        }

        return Enumerable.Range(0, configuration.LayerCount).SelectMany(layer => options.Targets.Order(StringComparer.Ordinal)
            .Select(target => new AdapterPlacement(LinearSite.Shaped(configuration, layer, target, device), settings)));
    }
}
