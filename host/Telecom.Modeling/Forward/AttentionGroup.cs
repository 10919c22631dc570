using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>
/// Consecutive rows of equal length that attend in one call: rows without mask and cache join across segments, others stay with their segment.
/// </summary>
internal sealed class AttentionGroup
{
    private readonly long start;
    private readonly long length;
    private readonly Tensor? mask;
    private readonly KeyValueCache? cache;
    private long rows;

    // [B or 1, 1, T, S] bool, true where a query may look; null where the kernel's own causal mask, or none, is right.
    private Tensor? allowed;

    private AttentionGroup(long start, ForwardSegment segment)
    {
        this.start = start;
        (rows, length) = (segment.Tokens.Values.shape[0], segment.Tokens.Values.shape[1]);
        mask = segment.Tokens.Mask;
        cache = segment.Cache;
    }

    private bool IsPlain => mask is null && cache is null;

    /// <param name="segments">Checked segments.</param>
    /// <param name="offsets">First token of each in the flat matrix.</param>
    public static IReadOnlyList<AttentionGroup> Form(ReadOnlySpan<ForwardSegment> segments, ReadOnlySpan<long> offsets)
    {
        var groups = new List<AttentionGroup>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var group = new AttentionGroup(offsets[i], segments[i]);
            if (groups.Count > 0 && group.IsPlain && groups[^1].IsPlain && groups[^1].length == group.length)
            {
                groups[^1].rows += group.rows;
            }
            else
            {
                groups.Add(group);
            }
        }

        return groups;
    }

    /// <summary>Builds the mask once for all layers; a fully masked row gives zeros in libtorch's boolean form, never NaN.</summary>
    /// <param name="device">Device of the base.</param>
    /// <param name="window">Tokens that a query sees, itself included; null for all before it.</param>
    public void Prepare(Device device, int? window)
    {
        var past = cache?.Length ?? 0;
        var realKeys = RealKeys(past, device);
        var isWindowed = window < past + length;
        if (realKeys is null && !isWindowed && (past == 0 || length == 1))
        {
            return;
        }

        allowed = ones([length, past + length], @bool, device).tril(past).unsqueeze(0).unsqueeze(0);
        if (realKeys is not null)
        {
            allowed = allowed.logical_and(realKeys.unsqueeze(1).unsqueeze(1));
        }

        if (isWindowed)
        {
            allowed = allowed.logical_and(WithinWindow(past, realKeys, window!.Value, device));
        }
    }

    /// <summary>Causal attention of this group.</summary>
    /// <param name="layer">Layer index, for the cache.</param>
    /// <param name="queries">[N, heads, head] of the whole forward.</param>
    /// <param name="keys">[N, kv heads, head] of the whole forward.</param>
    /// <param name="values">[N, kv heads * head] of the whole forward.</param>
    /// <returns>[B T, heads * head].</returns>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        var (heads, headSize) = (queries.shape[1], queries.shape[2]);
        var q = PerRow(queries, headSize);
        var (k, v) = (PerRow(keys, headSize), PerRow(values, headSize));
        if (cache is not null)
        {
            (k, v) = cache.Append(layer, k, v);
        }

        (k, v) = (Repeat(k, heads), Repeat(v, heads));

        // is_casual (TorchSharp's spelling) aligns top-left, so it is right only where no earlier keys exist; one new token may see every key.
        var isCausal = allowed is null && k.shape[2] == length;
        return nn.functional.scaled_dot_product_attention(q, k, v, allowed, is_casual: isCausal).transpose(1, 2).reshape(rows * length, -1);
    }

    // [B, kv heads, S, head] -> [B, heads, S, head]: query head h reads kv head h / (heads / kv heads).
    private static Tensor Repeat(Tensor kv, long heads)
    {
        var (rows, kvHeads, length, headSize) = (kv.shape[0], kv.shape[1], kv.shape[2], kv.shape[3]);
        return kvHeads == heads
            ? kv
            : kv.unsqueeze(2).expand(rows, kvHeads, heads / kvHeads, length, headSize).reshape(rows, heads, length, headSize);
    }

    // [B or 1, 1, T, past + T] bool. Distance counts real tokens, so that padding between them does not narrow the window.
    private Tensor WithinWindow(long past, Tensor? realKeys, int window, Device device)
    {
        var ranks = realKeys is null ? arange(past + length, int64, device).unsqueeze(0) : realKeys.to(int64).cumsum(1);
        return ranks.narrow(1, past, length).unsqueeze(2).sub(ranks.unsqueeze(1)).lt(window).unsqueeze(1);
    }

    // [B, past + T] bool; null when every key is real.
    private Tensor? RealKeys(long past, Device device)
    {
        var stored = cache?.Real;
        if (mask is null && stored is null)
        {
            return null;
        }

        var current = mask ?? ones([rows, length], @bool, device);
        return past == 0 ? current : cat([stored ?? ones([rows, past], @bool, device), current], 1);
    }

    private Tensor PerRow(Tensor flat, long headSize)
    {
        var own = flat.shape[0] == rows * length ? flat : flat.narrow(0, start, rows * length);
        return own.view(rows, length, -1, headSize).transpose(1, 2);
    }
}
