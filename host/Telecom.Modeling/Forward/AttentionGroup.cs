using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Consecutive rows of equal length that attend in one call: rows without mask and cache join across segments, others stay with their segment.</summary>
/// <param name="Start">First token in the flat matrix.</param>
/// <param name="Rows">Rows B.</param>
/// <param name="Length">Tokens per row T.</param>
/// <param name="Mask">[B, T] bool; null when no token is padding.</param>
/// <param name="Cache">Earlier keys and values; null when there are none.</param>
internal sealed record AttentionGroup(long Start, long Rows, long Length, Tensor? Mask, KeyValueCache? Cache)
{
    // [B or 1, 1, T, S] bool, true where a query may look; null where the kernel's own causal mask, or none, is right.
    private Tensor? allowed;

    /// <summary>Tokens of the group.</summary>
    public long Tokens => Rows * Length;

    public static IReadOnlyList<AttentionGroup> Form(ReadOnlySpan<ForwardSegment> segments, ReadOnlySpan<long> offsets)
    {
        var groups = new List<AttentionGroup>();
        for (var i = 0; i < segments.Length; i++)
        {
            var (tokens, _, cache) = segments[i];
            var (rows, length) = (tokens.Values.shape[0], tokens.Values.shape[1]);
            var joins = cache is null && tokens.Mask is null && groups.Count > 0
                && groups[^1] is { Cache: null, Mask: null } last && last.Length == length;
            if (joins)
            {
                groups[^1] = groups[^1] with { Rows = groups[^1].Rows + rows };
            }
            else
            {
                groups.Add(new AttentionGroup(offsets[i], rows, length, tokens.Mask, cache));
            }
        }

        return groups;
    }

    /// <summary>Builds the mask once for all layers; a fully masked row gives zeros in libtorch's boolean form, never NaN.</summary>
    public void Prepare(Device device)
    {
        if (Mask is null && (Cache is null || Length == 1))
        {
            return;
        }

        var keyLength = (Cache?.Length ?? 0) + Length;
        allowed = ones([Length, keyLength], @bool, device).tril(keyLength - Length).unsqueeze(0).unsqueeze(0);
        if (Mask is not null)
        {
            allowed = allowed.logical_and(Mask.unsqueeze(1).unsqueeze(1));
        }
    }

    /// <summary>Causal attention of this group.</summary>
    /// <param name="layer">Layer index, for the cache.</param>
    /// <param name="queries">[N, heads, head] of the whole forward.</param>
    /// <param name="keys">[N, kv heads, head] of the whole forward.</param>
    /// <param name="values">[N, kv heads, head] of the whole forward.</param>
    /// <returns>[B T, heads * head].</returns>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        var heads = queries.shape[1];
        var q = PerRow(queries);
        var (k, v) = (PerRow(keys), PerRow(values));
        if (Cache is not null)
        {
            (k, v) = Cache.Append(layer, k, v);
        }

        (k, v) = (Repeat(k, heads), Repeat(v, heads));

        // is_casual (TorchSharp's spelling) aligns top-left, so it is right only without a cache; a single new token may see every key.
        var attended = nn.functional.scaled_dot_product_attention(q, k, v, allowed, is_casual: Cache is null && Mask is null);
        return attended.transpose(1, 2).reshape(Tokens, -1);
    }

    private static Tensor Repeat(Tensor kv, long heads)
    {
        var (rows, kvHeads, length, headDim) = (kv.shape[0], kv.shape[1], kv.shape[2], kv.shape[3]);
        return kvHeads == heads
            ? kv
            : kv.unsqueeze(2).expand(rows, kvHeads, heads / kvHeads, length, headDim).reshape(rows, heads, length, headDim);
    }

    private Tensor PerRow(Tensor flat) =>
        flat.narrow(0, Start, Tokens).view(Rows, Length, flat.shape[1], flat.shape[2]).transpose(1, 2);
}
