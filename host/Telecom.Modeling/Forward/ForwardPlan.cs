using Telecom.Modeling.Adapters.Serving;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>
/// How the segments of one forward lie in the flat token matrix, which rows attend together and which tokens share an adapter. Segments are sorted by
/// adapter and length, so that neighbours join and a set of adapters always comes in one order.
/// </summary>
internal sealed class ForwardPlan
{
    // Sorted; places[i] is where segments[i] stands among the caller's.
    private readonly ForwardSegment[] segments;
    private readonly int[] places;
    private readonly long[] offsets;
    private readonly long[] keptOffsets;
    private readonly long width;
    private readonly AdapterServing serving;
    private Tensor? keptTokens;

    /// <param name="segments">What goes through the base together.</param>
    /// <param name="width">Hidden size d.</param>
    /// <param name="serving">Device and element type of the base, and how it serves adapters.</param>
    /// <exception cref="ArgumentException">Tokens, mask or cache of a segment do not fit each other or the base.</exception>
    public ForwardPlan(ReadOnlySpan<ForwardSegment> segments, long width, AdapterServing serving)
    {
        if (segments.IsEmpty)
        {
            throw new ArgumentException("A forward needs at least one segment.", nameof(segments));
        }

        foreach (ref readonly var segment in segments)
        {
            segment.Check(width);
        }

        this.width = width;
        this.serving = serving;
        IsTraining = is_grad_enabled();
        places = Sort(segments);
        this.segments = new ForwardSegment[places.Length];
        (offsets, keptOffsets) = (new long[places.Length + 1], new long[places.Length + 1]);
        for (var i = 0; i < places.Length; i++)
        {
            var segment = this.segments[i] = segments[places[i]];
            offsets[i + 1] = offsets[i] + (segment.Rows * segment.Length);
            keptOffsets[i + 1] = keptOffsets[i] + (segment.Rows * segment.Kept);
        }

        Groups = AttentionGroup.Form(this.segments, offsets, keptOffsets);
        Adapters = new AdapterBatch(this.segments.Select(segment => (segment.Adapter, segment.Rows * segment.Length)), serving, IsTraining);
        KeptAdapters = KeepsAll
            ? Adapters
            : new AdapterBatch(this.segments.Select(segment => (segment.Adapter, segment.Rows * segment.Kept)), serving, IsTraining);
    }

    /// <summary>Whether gradients are recorded, so that nothing a backward pass reads may be written in place.</summary>
    public bool IsTraining { get; }

    /// <summary>Rows that share one attention call.</summary>
    public IReadOnlyList<AttentionGroup> Groups { get; }

    /// <summary>The adapters of all tokens.</summary>
    public AdapterBatch Adapters { get; }

    /// <summary>The adapters of the tokens whose last states are read.</summary>
    public AdapterBatch KeptAdapters { get; }

    /// <summary>No token stands behind this position.</summary>
    public long LargestPosition => segments.Max(segment => segment.LargestPosition);

    /// <summary>Tokens of the longest row, those in its cache included.</summary>
    public long LongestRow => segments.Max(segment => segment.Past + segment.Length);

    private bool KeepsAll => keptOffsets[^1] == offsets[^1];

    /// <summary>Builds every group's attention masks in the caller's scope.</summary>
    /// <param name="device">Device of the base.</param>
    /// <param name="window">Tokens that a query sees, itself included; null for all before it.</param>
    public void PrepareMasks(Device device, int? window)
    {
        foreach (var group in Groups)
        {
            group.Prepare(device, window);
        }
    }

    /// <summary>Causal attention of all rows.</summary>
    /// <param name="layer">Layer index, for the caches.</param>
    /// <param name="queries">[N, heads, head], or those of the tokens that are kept.</param>
    /// <param name="keys">[N, kv heads, head].</param>
    /// <param name="values">[N, kv heads * head].</param>
    /// <param name="isKept">Whether the queries are those of the kept tokens.</param>
    /// <returns>[queries, heads * head].</returns>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, bool isKept)
    {
        if (Groups.Count == 1)
        {
            return Groups[0].Attend(layer, queries, keys, values, isKept);
        }

        var attended = new Tensor[Groups.Count];
        for (var i = 0; i < attended.Length; i++)
        {
            attended[i] = Groups[i].Attend(layer, queries, keys, values, isKept);
        }

        return cat(attended, 0);
    }

    /// <returns>Tokens of all segments, [N, d] in the type of the base; the forward's own where it writes to them.</returns>
    public Tensor Flatten()
    {
        var flat = Join(segment => segment.Tokens.Values.reshape(-1, width));
        return flat.dtype != serving.ElementType ? flat.to(serving.ElementType)
            : IsTraining || segments.Length > 1 ? flat
            : flat.clone();
    }

    /// <summary>Position of every token: as given, otherwise its rank among the real tokens of its row, those in the cache included.</summary>
    /// <returns>[N] int64.</returns>
    public Tensor Positions(Device device) => Join(segment => segment.Positions(device));

    /// <summary>The rows of tokens whose last states are read.</summary>
    /// <param name="rows">[N, ...].</param>
    /// <returns>[kept, ...]; <paramref name="rows"/> itself where all are read.</returns>
    public Tensor Keep(Tensor rows)
    {
        if (KeepsAll)
        {
            return rows;
        }

        keptTokens ??= tensor(KeptTokens(), device: rows.device);
        return rows.index_select(0, keptTokens);
    }

    /// <summary>Adds to the residual stream.</summary>
    /// <param name="hidden">[N, d], the forward's own; written in place unless training.</param>
    /// <param name="addition">[N, d].</param>
    public Tensor Accumulate(Tensor hidden, Tensor addition) => IsTraining ? hidden.Plus(addition) : hidden.PlusInPlace(addition);

    /// <summary>Takes what a layer gave out of the layer's dispose scope; what was written in place lies outside already.</summary>
    public static Tensor Carry(Tensor before, Tensor after) => ReferenceEquals(before, after) ? after : after.MoveToOuterDisposeScope();

    /// <summary>Marks the tokens of this forward as stored.</summary>
    public void AdvanceCaches()
    {
        foreach (var segment in segments)
        {
            segment.Cache?.Advance((int)segment.Length, segment.Tokens.Mask);
        }
    }

    /// <param name="flat">[kept, d].</param>
    /// <returns>[B, kept per row, d] float32 per segment, as the caller gave them.</returns>
    public Tensor[] Split(Tensor flat)
    {
        var wide = flat.dtype == ScalarType.Float32 ? flat : flat.to(float32);
        var outputs = new Tensor[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            outputs[places[i]] = wide.narrow(0, keptOffsets[i], keptOffsets[i + 1] - keptOffsets[i])
                .view(segments[i].Rows, segments[i].Kept, width);
        }

        return outputs;
    }

    private static int[] Sort(ReadOnlySpan<ForwardSegment> segments)
    {
        var places = new int[segments.Length];
        var keys = new (long Adapter, long Length, int Place)[segments.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i;
            keys[i] = (segments[i].Adapter?.Id ?? 0, segments[i].Length, i);
        }

        Array.Sort(keys, places);
        return places;
    }

    private long[] KeptTokens()
    {
        var tokens = new List<long>((int)keptOffsets[^1]);
        for (var i = 0; i < segments.Length; i++)
        {
            var (length, kept) = (segments[i].Length, segments[i].Kept);
            for (var row = 0L; row < segments[i].Rows; row++)
            {
                for (var token = length - kept; token < length; token++)
                {
                    tokens.Add(offsets[i] + (row * length) + token);
                }
            }
        }

        return [.. tokens];
    }

    private Tensor Join(Func<ForwardSegment, Tensor> part) =>
        segments.Length == 1 ? part(segments[0]) : cat([.. segments.Select(part)], 0);
}
