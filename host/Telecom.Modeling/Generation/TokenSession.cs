using System.Diagnostics.CodeAnalysis;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Generation;

/// <summary>One request to a token model: the prompt's hidden states, the scores of what comes next, and greedy continuation.</summary>
/// <remarks>
/// The prompt goes through the base once; later tokens go one at a time, with keys and values from caches that belong to this request and are
/// allocated for its whole length at the start. Executor thread only; for inference.
/// </remarks>
public sealed class TokenSession : IDisposable
{
    private readonly BaseModel model;
    private readonly ForwardSegment[] segments;
    private readonly KeyValueCache?[] caches;
    private readonly int room;

    // [rows, d], behind the newest token that went through the base.
    private Tensor last;

    // [rows], chosen but not yet through the base; the last one of a request never has to go.
    private Tensor? pending;

    /// <summary>Reads the prompt.</summary>
    /// <param name="model">The base.</param>
    /// <param name="prompts">Rows by adapter, without caches; each row has a real token. Their tensors stay the caller's.</param>
    /// <param name="newTokens">How many tokens <see cref="Generate"/> may add, 0 or more.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.SequenceTooLong"/>: prompt and new tokens do not fit the base.</exception>
    /// <exception cref="ArgumentException">A prompt does not fit the base.</exception>
    public TokenSession(BaseModel model, IReadOnlyList<ForwardSegment> prompts, int newTokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentOutOfRangeException.ThrowIfNegative(newTokens);
        this.model = model;
        room = newTokens;
        caches = new KeyValueCache?[prompts.Count];
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        try
        {
            foreach (var prompt in prompts)
            {
                prompt.Check(model.Configuration.HiddenSize);
                model.CheckLength(Math.Max(prompt.Length, prompt.LargestPosition + 1) + Math.Max(newTokens - 1, 0));
            }

            segments = [.. prompts.Select((prompt, i) => prompt with { Cache = caches[i] = Allocate(prompt) })];
            Hidden = [.. model.Forward(segments).Select(hidden => hidden.DetachFromDisposeScope())];
            last = cat([.. segments.Select((segment, i) => LastReal(Hidden[i], segment.Tokens.Mask))], 0).DetachFromDisposeScope();
        }
        catch
        {
            DisposeCaches();
            throw;
        }
    }

    /// <summary>Final-norm hidden states of the prompts, [B, T, d] per segment; those of padding mean nothing. Owned by the session.</summary>
    public IReadOnlyList<Tensor> Hidden { get; }

    /// <summary>Tokens added so far, per row.</summary>
    public int Generated { get; private set; }

    /// <summary>Scores of what follows the last real token of every prompt, or the newest token read since; rows of all segments in order.</summary>
    /// <returns>[rows, V]; the caller disposes.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: the base has no vocabulary.</exception>
    public Tensor Logits()
    {
        if (segments.All(segment => segment.Adapter?.Vocabulary is null))
        {
            return model.Logits(last);
        }

        using var scope = NewDisposeScope();
        return cat([.. Split(last).Select((rows, i) => model.Logits(rows, segments[i].Adapter))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the token with the highest score to every row, again and again.</summary>
    /// <param name="count">Tokens to add per row; together no more than the session has room for.</param>
    /// <param name="cancellationToken">Looked at before every token.</param>
    /// <returns>The new tokens, [rows][count].</returns>
    public long[][] Generate(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, room - Generated);
        var rows = new long[last.shape[0]][];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = new long[count];
        }

        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step(rows, i);
        }

        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hidden in Hidden)
        {
            hidden.Dispose();
        }

        last.Dispose();
        pending?.Dispose();
        DisposeCaches();
    }

    private void Step(long[][] rows, int column)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (pending is not null)
        {
            var outputs = model.Forward(Continue(pending.unsqueeze(1)));
            Replace(ref last, cat([.. outputs.Select(output => output.squeeze(1))], 0));
        }

        Replace(ref pending, Logits().argmax(1));
        Generated++;
        var tokens = pending.cpu().data<long>().ToArray();
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row][column] = tokens[row];
        }
    }

    private static void Replace([NotNull] ref Tensor? kept, Tensor replacement)
    {
        kept?.Dispose();
        kept = replacement.DetachFromDisposeScope();
    }

    // ids: [rows, 1]
    private ForwardSegment[] Continue(Tensor ids) =>
    [
        .. Split(ids).Select((own, i) => segments[i] with
        {
            Tokens = new Embeddings(model.Embed(own, segments[i].Adapter)),
            PositionIds = segments[i].PositionIds is { } given
                ? LastReal(given.unsqueeze(2), segments[i].Tokens.Mask).Plus((long)Generated)
                : null,
        }),
    ];

    // [rows, ...] -> the rows of every segment
    private Tensor[] Split(Tensor rows)
    {
        var parts = new Tensor[segments.Length];
        var start = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = rows.narrow(0, start, Hidden[i].shape[0]);
            start += Hidden[i].shape[0];
        }

        return parts;
    }

    // One token needs no second forward, hence no memory of the first.
    private KeyValueCache? Allocate(ForwardSegment prompt)
    {
        var shape = prompt.Tokens.Values.shape;
        return room <= 1 ? null : new KeyValueCache(model.Configuration, shape[0], (int)shape[1] + room - 1, model.Device, model.ElementType);
    }

    // [B, T, c] -> [B, c]: the last position that is no padding.
    private static Tensor LastReal(Tensor values, Tensor? mask)
    {
        var (rows, length) = (values.shape[0], values.shape[1]);
        if (mask is null)
        {
            return values.select(1, length - 1);
        }

        var index = mask.to(int64).mul(KeptScalars.Range(1, length + 1, values.device)).argmax(1);
        return values.reshape(rows * length, -1).index_select(0, index.Plus(KeptScalars.Range(0, rows, values.device).Times(length)));
    }

    private void DisposeCaches()
    {
        foreach (var cache in caches)
        {
            cache?.Dispose();
        }
    }
}
