using Telecom.Modeling.Adapters;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Bases;

/// <summary>A base of its own whose weights contain what an adapter adds: W + ΔW. Executor thread only.</summary>
public static class MergedBase
{
    /// <summary>Builds the base; the source is not written to.</summary>
    /// <param name="source">The base the adapter was loaded on.</param>
    /// <param name="adapter">An adapter of any kind that has a ΔW.</param>
    /// <param name="name">Name of the new base.</param>
    /// <returns>New weights on the CPU; the caller disposes.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.Unprocessable"/>: the adapter changes something that the base's architecture cannot hold, or a sum is not finite.
    /// </exception>
    public static BaseWeights Create(BaseWeights source, Adapter adapter, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(adapter);
        if (adapter.Vocabulary is not null)
        {
            throw new TelecomException(
                ErrorCode.Unprocessable, "The adapter changes embedding or head, which a merged base does not take over; serve it unmerged.");
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var configuration = source.Configuration;
        var changed = Sums(source, adapter);
        return BaseWeights.Create(name, configuration, (tensorName, tensor) =>
        {
            var value = changed.TryGetValue(tensorName, out var sum) ? sum : source.Tensors[tensorName];
            tensor.copy_(BaseLayout.IsTransposed(configuration, tensorName) ? value.t() : value);
        });
    }

    private static Dictionary<string, Tensor> Sums(BaseWeights source, Adapter adapter)
    {
        var sums = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var site in adapter.Placements.Select(placement => placement.Site).Concat(adapter.Replaced))
        {
            var linear = adapter.Linear(site.Layer, site.Target)!;
            Add(site.Path + ".weight", linear.DeltaWeight());
            if (linear.DeltaBias() is { } bias)
            {
                Add(site.Path + ".bias", bias);
            }
        }

        foreach (var (path, norm) in adapter.Norms)
        {
            sums.Add(path + ".weight", norm.Weight);
            if (norm.Bias is { } bias)
            {
                sums.Add(path + ".bias", bias);
            }
        }

        return sums;

        void Add(string tensorName, Tensor delta)
        {
            var original = source.Tensors.GetValueOrDefault(tensorName) ?? throw new TelecomException(
                ErrorCode.Unprocessable, $"The adapter adds a bias at {tensorName}, which the base does not have; serve it unmerged.");
            var sum = original.Plus(delta);
            if (!sum.isfinite().all().item<bool>())
            {
                throw new TelecomException(ErrorCode.Unprocessable, $"Merged, {tensorName} has values that are not finite; serve the adapter unmerged.");
            }

            sums.Add(tensorName, sum);
        }
    }
}
