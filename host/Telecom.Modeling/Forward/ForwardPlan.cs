using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>How the segments of one forward lie in the flat token matrix, and which rows attend together.</summary>
internal sealed class ForwardPlan
{
    private readonly ForwardSegment[] segments;
    private readonly long[] offsets;
    private readonly long width;

    /// <param name="segments">What goes through the base together.</param>
    /// <param name="width">Hidden size d.</param>
    /// <exception cref="ArgumentException">Tokens, mask or cache of a segment do not fit each other or the base.</exception>
    public ForwardPlan(ReadOnlySpan<ForwardSegment> segments, long width)
    {
        if (segments.IsEmpty)
        {
            throw new ArgumentException("A forward needs at least one segment.", nameof(segments));
        }

        this.segments = segments.ToArray();
        this.width = width;
        offsets = new long[segments.Length + 1];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i].Check(width);
            offsets[i + 1] = offsets[i] + (segments[i].Rows * segments[i].Length);
        }

        Groups = AttentionGroup.Form(this.segments, offsets);
    }

    /// <summary>Rows that share one attention call.</summary>
    public IReadOnlyList<AttentionGroup> Groups { get; }

    /// <summary>No token stands behind this position.</summary>
    public long LargestPosition => segments.Max(segment => segment.LargestPosition);

    /// <summary>Tokens of the longest row, those in its cache included.</summary>
    public long LongestRow => segments.Max(segment => segment.Past + segment.Length);

    /// <summary>Builds every group's attention mask in the caller's scope.</summary>
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
    /// <param name="queries">[N, heads, head].</param>
    /// <param name="keys">[N, kv heads, head].</param>
    /// <param name="values">[N, kv heads * head].</param>
    /// <returns>[N, heads * head].</returns>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        if (Groups.Count == 1)
        {
            return Groups[0].Attend(layer, queries, keys, values);
        }

        var attended = new Tensor[Groups.Count];
        for (var i = 0; i < attended.Length; i++)
        {
            attended[i] = Groups[i].Attend(layer, queries, keys, values);
        }

        return cat(attended, 0);
    }

    /// <returns>Tokens of all segments, [N, d].</returns>
    public Tensor Flatten() => Join(segment => segment.Tokens.Values.reshape(-1, width));

    /// <summary>Position of every token: as given, otherwise its rank among the real tokens of its row, those in the cache included.</summary>
    /// <returns>[N] int64.</returns>
    public Tensor Positions(Device device) => Join(segment => segment.Positions(device));

    /// <summary>Adds every segment's adapter output to <paramref name="outputs"/>.</summary>
    /// <param name="outputs">[N, o], result of the frozen linear layer.</param>
    /// <param name="inputs">[N, i], its input.</param>
    /// <param name="layer">Layer index.</param>
    /// <param name="target">Which linear layer.</param>
    /// <returns>The sum.</returns>
    public Tensor AddAdapters(Tensor outputs, Tensor inputs, int layer, string target)
    {
        if (segments.Length == 1)
        {
            return segments[0].Adapter?.Delta(layer, target, inputs, outputs) is { } delta ? outputs.add(delta) : outputs;
        }

        // Several adapters in one forward: the delta of each contiguous slice is accumulated in place. Mixed batches exist in serving only,
        // where no gradient needs the sum's operands.
        for (var i = 0; i < segments.Length; i++)
        {
            var (start, count) = (offsets[i], offsets[i + 1] - offsets[i]);
            if (segments[i].Adapter is { } adapter && adapter.Targets(layer, target))
            {
                var rows = outputs.narrow(0, start, count);
                if (adapter.Delta(layer, target, inputs.narrow(0, start, count), rows) is { } delta)
                {
                    rows.add_(delta);
                }
            }
        }

        return outputs;
    }

    /// <summary>Marks the tokens of this forward as stored.</summary>
    public void AdvanceCaches()
    {
        foreach (var segment in segments)
        {
            segment.Cache?.Advance((int)segment.Length, segment.Tokens.Mask);
        }
    }

    /// <param name="flat">[N, d].</param>
    /// <returns>[B, T, d] per segment.</returns>
    public Tensor[] Split(Tensor flat)
    {
        var outputs = new Tensor[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            outputs[i] = flat.narrow(0, offsets[i], offsets[i + 1] - offsets[i]).view(segments[i].Rows, segments[i].Length, width);
        }

        return outputs;
    }

    private Tensor Join(Func<ForwardSegment, Tensor> part) =>
        segments.Length == 1 ? part(segments[0]) : cat([.. segments.Select(part)], 0);
}
