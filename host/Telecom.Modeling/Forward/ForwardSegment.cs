using Telecom.Modeling.Adapters;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Rows of one lane in a forward that several lanes share.</summary>
/// <param name="Tokens">[B, T, d] and an optional mask.</param>
/// <param name="Adapter">The lane's adapter; null for the plain base.</param>
/// <param name="Cache">Keys and values of earlier forwards of the same rows; null when there are none.</param>
public readonly record struct ForwardSegment(Embeddings Tokens, Adapter? Adapter, KeyValueCache? Cache = null)
{
    /// <summary>Position of every token, [B, T] int64; null where each stands behind the real tokens of its row, which is the rule.</summary>
    public Tensor? PositionIds { get; init; }

    /// <summary>Checks what a forward would stumble over.</summary>
    /// <param name="width">Hidden size d of the base.</param>
    /// <exception cref="ArgumentException">Tokens, mask, positions and cache do not fit each other or the base; says which and how.</exception>
    public void Check(long width)
    {
        var shape = Tokens.Values?.shape;
        if (shape is not [> 0, > 0, _] || shape[2] != width || Tokens.Values!.dtype != float32)
        {
            throw new ArgumentException(
                $"Tokens must be [B, T, {width}] in Float32 with at least one row and one token, but are {Show(Tokens.Values)}.");
        }

        if (Tokens.Mask is { } mask && (mask.dtype != @bool || !mask.shape.AsSpan().SequenceEqual(shape.AsSpan(0, 2))))
        {
            throw new ArgumentException($"The mask must be [{shape[0]}, {shape[1]}] in Bool, as the tokens are, but is {Show(mask)}.");
        }

        if (PositionIds is { } ids
            && (ids.dtype != int64 || !ids.shape.AsSpan().SequenceEqual(shape.AsSpan(0, 2)) || ids.min().item<long>() < 0))
        {
            throw new ArgumentException($"Positions must be [{shape[0]}, {shape[1]}] in Int64 and not negative, but are {Show(ids)}.");
        }

        if (Tokens.LastStates < 1)
        {
            throw new ArgumentException($"At least one state per row must be read, not {Tokens.LastStates}.");
        }

        if (Cache is not null && Cache.Rows != shape[0])
        {
            throw new ArgumentException($"The cache holds {Cache.Rows} rows, but the tokens have {shape[0]}.");
        }
    }

    /// <summary>Rows B.</summary>
    internal long Rows => Tokens.Values.shape[0];

    /// <summary>Tokens per row T.</summary>
    internal long Length => Tokens.Values.shape[1];

    /// <summary>States per row that are read, from the end.</summary>
    internal long Kept => Math.Min(Tokens.LastStates ?? Length, Length);

    /// <summary>Tokens per row in the cache.</summary>
    internal int Past => Cache?.Length ?? 0;

    /// <summary>No token stands behind this position.</summary>
    internal long LargestPosition => PositionIds is { } ids ? ids.max().item<long>() : Past + Length - 1;

    /// <summary>Position of every token: as given, otherwise its rank among the real tokens of its row, those in the cache included.</summary>
    /// <returns>[B T] int64.</returns>
    internal Tensor Positions(Device device)
    {
        if (PositionIds is { } ids)
        {
            return ids.reshape(-1);
        }

        var stored = Cache?.Real?.to(int64).sum(1, keepdim: true);
        if (Tokens.Mask is null && stored is null)
        {
            return KeptScalars.Range(Past, Past + Length, device).unsqueeze(0).expand(Rows, Length).reshape(-1);
        }

        var rank = Tokens.Mask is { } mask
            ? mask.to(int64).cumsum(1).Plus(-1)
            : KeptScalars.Range(0, Length, device).unsqueeze(0).expand(Rows, Length);
        return rank.Plus(stored ?? tensor((long)Past, device: device)).AtLeast(0).reshape(-1);
    }

    private static string Show(Tensor? tensor) => tensor is null ? "missing" : $"[{string.Join(", ", tensor.shape)}] in {tensor.dtype}";
}
