using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Sparse high-rank adapters (Bhardwaj et al. 2024): ΔW has r (i + o) trained values at fixed positions and zeros elsewhere. The values start at
/// zero; alpha does not enter. r (i + o) trainable values per layer, as many as LoRA's, but of full rank and switched in place of single weights.
/// </summary>
/// <param name="mask">How the positions are chosen.</param>
/// <param name="gradients">
/// The gradient of the loss by module path, [o, i], for the masks that need it; <see cref="GradientProbe"/> collects it.
/// </param>
public sealed class ShiraMethod(ShiraMask mask = ShiraMask.Random, IReadOnlyDictionary<string, Tensor>? gradients = null) : IAdapterMethod
{
    /// <summary>PEFT's name of the values, [n].</summary>
    internal const string NameValues = "shira_weight";

    /// <summary>PEFT's name of rows and columns, [2, n] int32.</summary>
    internal const string NameIndices = "shira_indices";

    /// <summary>Name of the option that holds the mask's number.</summary>
    internal const string MaskOption = "mask";

    /// <inheritdoc/>
    public string Name => "shira";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.Sparse;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Options { get; } = new Dictionary<string, double> { [MaskOption] = (double)mask };

    /// <summary>How the positions were chosen.</summary>
    public ShiraMask Mask => mask;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        var count = (long)settings.Rank * (site.Inputs + site.Outputs);
        if (count > (long)site.Inputs * site.Outputs)
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Adapter method '{Name}' cannot adapt {site.Path} at rank {settings.Rank}: {count} values do not fit into its weight of "
                + $"{site.Outputs} by {site.Inputs}.");
        }

        return new ShiraLinear(site, settings, Positions(site, count, ref random));
    }

    private long[] Positions(LinearSite site, long count, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        return mask switch
        {
            ShiraMask.Random => ShiraMasks.Random(site, count, ref random),
            ShiraMask.Struct => ShiraMasks.Struct(site, count, ref random),
            ShiraMask.Magnitude => ShiraMasks.Largest(site.RequireWeight(Name).abs(), count),
            ShiraMask.Gradient => ShiraMasks.Largest(Gradient(site).abs(), count),
            _ => ShiraMasks.Largest(site.RequireWeight(Name).mul(Gradient(site)).abs(), count),
        };
    }

    private Tensor Gradient(LinearSite site) =>
        gradients?.GetValueOrDefault(site.Path) is { } gradient && gradient.shape.AsSpan().SequenceEqual([site.Outputs, site.Inputs])
            ? gradient
            : throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Adapter method '{Name}' needs the gradient of {site.Path}, [{site.Outputs}, {site.Inputs}], for the mask {mask}: "
                + "collect it first.");
}
