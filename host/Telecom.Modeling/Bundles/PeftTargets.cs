using Telecom.Modeling.Adapters;

namespace Telecom.Modeling.Bundles;

/// <summary>What a PEFT configuration means on one base.</summary>
/// <param name="Linears">Adapted linear layers in the order of the base.</param>
/// <param name="Replaced">Linear layers that the adapter brings along whole.</param>
/// <param name="Vocabulary">What it changes at embedding and head; null for nothing.</param>
internal sealed record PeftTargets(
    IReadOnlyList<(int Layer, string Target, LinearSettings Settings)> Linears,
    IReadOnlyList<(int Layer, string Target)> Replaced,
    VocabularySettings? Vocabulary);
