using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Explained-variance adaptation (Paischer et al. 2024): LoRA whose A starts as the top right singular vectors of the layer's inputs, B at zero, with
/// ranks redistributed by explained variance. r_l (i + o) trainable values per layer.
/// </summary>
/// <param name="start">What <see cref="EvaProbe"/> found; read while layers are attached.</param>
public sealed class EvaMethod(EvaStart start) : IAdapterMethod
{
    /// <summary><see cref="Name"/>.</summary>
    internal const string MethodName = "eva";

    /// <inheritdoc/>
    public string Name => MethodName;

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        start.Starts.TryGetValue(site.Path, out var a) && a.shape.AsSpan().SequenceEqual([settings.Rank, site.Inputs])
            ? new LoraLinear(site, settings, a, zeros([site.Outputs, settings.Rank]))
            : throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"EVA found no start of rank {settings.Rank} for {site.Path}: place its result with {nameof(EvaStart.Place)}.");
}
