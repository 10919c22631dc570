using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Plain LoRA on the same linear layers of every decoder layer, of which only the shapes need be known; see <see cref="LoraMethod"/>.
/// </summary>
public sealed class LoraAdapter : Adapter
{
    /// <param name="options">Rank, scale and targets.</param>
    /// <param name="configuration">Shape of the base.</param>
    /// <param name="device">Device of the base.</param>
    /// <param name="seed">Seed of A.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: an option is out of range, or the base lacks a target.</exception>
    public LoraAdapter(AdapterOptions options, BaseConfiguration configuration, Device device, ulong seed)
        : base(
            new LoraMethod(),
            TaskAdapter.Place(options, configuration, (layer, target) => LinearSite.Shaped(configuration, layer, target, device)),
            seed)
    {
        Options = options;
        TargetNames = options.Targets;
    }

    /// <summary>Rank, scale and targets.</summary>
    public AdapterOptions Options { get; }
}
