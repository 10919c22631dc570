using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;

namespace Telecom.Modeling.Bundles;

/// <summary>What a PEFT configuration means on one base.</summary>
/// <param name="Linears">Adapted linear layers in the order of the base.</param>
/// <param name="Replaced">Linear layers that the adapter brings along whole.</param>
/// <param name="Norms">Module paths of norms that it brings along whole.</param>
/// <param name="Vocabulary">What it changes at embedding and head; null for nothing.</param>
internal sealed record PeftTargets(
    IReadOnlyList<(int Layer, string Target, LinearSettings Settings)> Linears,
    IReadOnlyList<(int Layer, string Target)> Replaced,
    IReadOnlyList<string> Norms,
    VocabularySettings? Vocabulary)
{
    /// <summary>Gives an adapter the norms of a base as its own.</summary>
    public void AddNorms(Adapter adapter, BaseWeights weights)
    {
        foreach (var path in Norms)
        {
            adapter.ReplaceNorm(path, weights.Tensors[path + ".weight"], weights.Tensors.GetValueOrDefault(path + ".bias"));
        }
    }
}
