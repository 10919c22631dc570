using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>How the segments of one forward lie in the flat token matrix, and which rows attend together.</summary>
internal sealed class ForwardPlan
{
    private readonly ForwardSegment[] segments;
    private readonly long[] offsets;
    private readonly long width;

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
            var shape = segments[i].Tokens.Values.shape;
            if (shape.Length != 3 || shape[2] != width)
            {
                throw new ArgumentException($"Tokens must be [B, T, {width}] but are [{string.Join(", ", shape)}].", nameof(segments));
            }

            offsets[i + 1] = offsets[i] + (shape[0] * shape[1]);
        }

        Groups = AttentionGroup.Form(this.segments, offsets);
    }

    /// <summary>Rows that share one attention call.</summary>
    public IReadOnlyList<AttentionGroup> Groups { get; }

    /// <summary>Largest position of any token; known after <see cref="Positions"/>.</summary>
    public long LargestPosition { get; private set; }

    /// <summary>Builds every group's attention mask in the caller's scope.</summary>
    public void PrepareMasks(Device device)
    {
        foreach (var group in Groups)
        {
            group.Prepare(device);
        }
    }

    /// <returns>Tokens of all segments, [N, d].</returns>
    public Tensor Flatten() =>
        segments.Length == 1
            ? segments[0].Tokens.Values.reshape(-1, width)
            : cat([.. segments.Select(segment => segment.Tokens.Values.reshape(-1, width))], 0);

    /// <summary>Position of every token: its index, after the cached ones; with a mask, its rank among the real tokens of its row.</summary>
    /// <returns>[N] int64.</returns>
    public Tensor Positions(Device device)
    {
        var parts = new Tensor[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            var (tokens, _, cache) = segments[i];
            var (rows, length) = (tokens.Values.shape[0], tokens.Values.shape[1]);
            var past = cache?.Length ?? 0;
            LargestPosition = Math.Max(LargestPosition, past + length - 1);
            parts[i] = tokens.Mask is { } mask
                ? mask.to(int64).cumsum(1).sub(1).clamp_min(0).reshape(-1)
                : arange(past, past + length, int64, device).unsqueeze(0).expand(rows, length).reshape(-1);
        }

        return parts.Length == 1 ? parts[0] : cat(parts, 0);
    }

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
            return segments[0].Adapter?.Delta(layer, target, inputs) is { } delta ? outputs.add(delta) : outputs;
        }

        // Several adapters in one forward: the delta of each contiguous slice is accumulated in place. Mixed batches exist in serving only,
        // where no gradient needs the sum's operands.
        for (var i = 0; i < segments.Length; i++)
        {
            var (start, count) = (offsets[i], offsets[i + 1] - offsets[i]);
            if (segments[i].Adapter?.Delta(layer, target, inputs.narrow(0, start, count)) is { } delta)
            {
                outputs.narrow(0, start, count).add_(delta);
            }
        }

        return outputs;
    }

    /// <summary>Marks the tokens of this forward as stored.</summary>
    public void AdvanceCaches()
    {
        foreach (var segment in segments)
        {
            segment.Cache?.Advance((int)segment.Tokens.Values.shape[1]);
        }
    }

    /// <param name="flat">[N, d].</param>
    /// <returns>[B, T, d] per segment.</returns>
    public Tensor[] Split(Tensor flat)
    {
        var outputs = new Tensor[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            outputs[i] = flat.narrow(0, offsets[i], offsets[i + 1] - offsets[i]).view(segments[i].Tokens.Values.shape);
        }

        return outputs;
    }
}
