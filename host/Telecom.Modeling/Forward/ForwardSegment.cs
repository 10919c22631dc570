using Telecom.Modeling.Adapters;
using Telecom.Sdk.Methods;

namespace Telecom.Modeling.Forward;

/// <summary>Rows of one lane in a forward that several lanes share.</summary>
/// <param name="Tokens">[B, T, d] and an optional mask.</param>
/// <param name="Adapter">The lane's adapter; null for the plain base.</param>
/// <param name="Cache">Keys and values of earlier forwards of the same rows; null when there are none.</param>
public readonly record struct ForwardSegment(Embeddings Tokens, LoraAdapter? Adapter, KeyValueCache? Cache = null);
