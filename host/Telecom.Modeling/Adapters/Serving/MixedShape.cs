namespace Telecom.Modeling.Adapters.Serving;

/// <summary>What the cost of a mixed batch on one group of linear layers depends on.</summary>
/// <param name="IsFeedForward">Whether the layers belong to the feed-forward block; otherwise to attention.</param>
/// <param name="Runs">Adapters in the batch.</param>
/// <param name="Tokens">Tokens of all of them.</param>
/// <param name="IsEven">Whether all have equally many tokens, as batched products need it.</param>
/// <param name="Rank">Rank that the factors are padded to.</param>
public readonly record struct MixedShape(bool IsFeedForward, int Runs, long Tokens, bool IsEven, int Rank);
