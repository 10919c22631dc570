using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>
/// Consecutive rows of equal length that attend in one call: rows without mask and cache join across segments, others stay with their segment.
/// </summary>
internal sealed class AttentionGroup
{
    private readonly long start;
    private readonly long keptStart;
    private readonly long length;
    private readonly long kept;
    private readonly Tensor? mask;
    private readonly KeyValueCache? cache;
    private long rows;

    // [B or 1, 1, T, S] bool, true where a query may look; null where the kernel's own causal mask, or none, is right.
    private Tensor? allowed;

    // The rows of "allowed" that belong to kept tokens; the same tensor where all are kept.
    private Tensor? keptAllowed;

    private AttentionGroup(long start, long keptStart, ForwardSegment segment)
    {
        (this.start, this.keptStart) = (start, keptStart);
        kept = segment.Kept;
        (rows, length) = (segment.Tokens.Values.shape[0], segment.Tokens.Values.shape[1]);
        mask = segment.Tokens.Mask;
        cache = segment.Cache;
    }

    private bool IsPlain => mask is null && cache is null;

    /// <param name="segments">Checked segments.</param>
    /// <param name="offsets">First token of each in the flat matrix.</param>
    /// <param name="keptOffsets">First of its kept tokens among those of all.</param>
    public static IReadOnlyList<AttentionGroup> Form(
        ReadOnlySpan<ForwardSegment> segments, ReadOnlySpan<long> offsets, ReadOnlySpan<long> keptOffsets)
    {
        var groups = new List<AttentionGroup>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var group = new AttentionGroup(offsets[i], keptOffsets[i], segments[i]);
            if (groups.Count > 0 && group.CanJoin(groups[^1]))
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

    /// <summary>Builds the masks once for all layers; a fully masked row gives zeros in libtorch's boolean form, never NaN.</summary>
    /// <param name="device">Device of the base.</param>
    /// <param name="window">Tokens that a query sees, itself included; null for all before it.</param>
    public void Prepare(Device device, int? window)
    {
        var past = cache?.Length ?? 0;
        var realKeys = RealKeys(past, device);
        var isWindowed = window < past + length;
        if (realKeys is not null || isWindowed || (past > 0 && length > 1))
        {
            allowed = Causal(length, past, device);
            allowed = realKeys is null ? allowed : allowed.logical_and(realKeys.unsqueeze(1).unsqueeze(1));
            allowed = isWindowed ? allowed.logical_and(WithinWindow(past, realKeys, window!.Value, device)) : allowed;
            keptAllowed = kept == length ? allowed : allowed.narrow(2, length - kept, kept);
        }
        else if (kept < length && kept > 1)
        {
            // Fewer queries than keys: the kernel's own causal mask would stand at the wrong end. A single one sees every key.
            keptAllowed = Causal(kept, length - kept, device);
        }
    }

    /// <summary>Causal attention of this group.</summary>
    /// <param name="layer">Layer index, for the cache.</param>
    /// <param name="queries">[N, heads, head] of the whole forward, or those of its kept tokens.</param>
    /// <param name="keys">[N, kv heads, head] of the whole forward.</param>
    /// <param name="values">[N, kv heads * head] of the whole forward.</param>
    /// <param name="isKept">Whether the queries are those of the kept tokens.</param>
    /// <returns>[B T, heads * head], or [B kept, heads * head].</returns>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, bool isKept)
    {
        var (heads, headSize) = (queries.shape[1], queries.shape[2]);
        var (first, count, mask) = isKept ? (keptStart, kept, keptAllowed) : (start, length, allowed);
        var (k, v) = (PerRow(keys, start, length, headSize).transpose(1, 2), PerRow(values, start, length, headSize).transpose(1, 2));
        if (cache is not null)
        {
            (k, v) = cache.Append(layer, k, v);
        }

        var q = PerRow(queries, first, count, headSize);
        if (count == 1)
        {
            // The heads that share a key head stand where more tokens would: nothing is repeated.
            var single = q.view(rows, k.shape[1], -1, headSize);
            return nn.functional.scaled_dot_product_attention(single, k, v, mask).reshape(rows, -1);
        }

        // is_casual (TorchSharp's spelling) aligns top-left, so it is right only where no earlier keys exist; one new token may see every key.
        var isCausal = mask is null && k.shape[2] == count;
        return nn.functional.scaled_dot_product_attention(q.transpose(1, 2), Repeat(k, heads), Repeat(v, heads), mask, is_casual: isCausal)
            .transpose(1, 2).reshape(rows * count, -1);
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
        var ranks = realKeys is null ? KeptScalars.Range(0, past + length, device).unsqueeze(0) : realKeys.to(int64).cumsum(1);
        return ranks.narrow(1, past, length).unsqueeze(2).sub(ranks.unsqueeze(1)).IsBelow(window).unsqueeze(1);
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

    private static Tensor Causal(long queries, long earlier, Device device) =>
        ones([queries, earlier + queries], @bool, device).tril(earlier).unsqueeze(0).unsqueeze(0);

    private bool CanJoin(AttentionGroup other) => IsPlain && other.IsPlain && other.length == length && other.kept == kept;

    // [N, ...] -> [B, T, heads, head]
    private Tensor PerRow(Tensor flat, long first, long count, long headSize)
    {
        var own = flat.shape[0] == rows * count ? flat : flat.narrow(0, first, rows * count);
        return own.view(rows, count, -1, headSize);
    }
}
