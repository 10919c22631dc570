using System.Globalization;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>
/// The frozen shared base: a causal decoder of any <see cref="BaseFamily"/>. One forward serves the rows of many lanes; a base with a vocabulary also
/// turns tokens into embeddings and hidden states into logits.
/// </summary>
/// <remarks>
/// The tokens of all segments are laid end to end as [N, d], so norms and linear layers see no padding whatever the lengths; only attention works
/// per group of rows. The weights are never written; adapters add to the outputs of linear layers. Not thread-safe: executor thread only.
/// </remarks>
public sealed class BaseModel : IDisposable
{
    // What a base without a limit of its own takes: a table of positions must not grow with a number in a request.
    private const long MostPositions = 1 << 20;

    private readonly BaseWeights weights;
    private readonly IDecoder decoder;
    private readonly AdapterServing serving;
    private readonly Tensor? embedding;
    private readonly Tensor? head;

    /// <param name="weights">Frozen weights; owned by the model from here on.</param>
    /// <param name="paths">How rows of several adapters are computed together; null for a rule of thumb.</param>
    public BaseModel(BaseWeights weights, IPathChooser? paths = null)
    {
        this.weights = weights;
        Configuration = weights.Configuration;
        Device = weights.Tensors.Values.First().device;
        ElementType = weights.ElementType;
        serving = new AdapterServing(ElementType, Device, paths ?? new RuleOfThumb());
        embedding = weights.Tensors.GetValueOrDefault(BaseLayout.Embedding(Configuration));
        head = weights.Tensors.GetValueOrDefault(BaseLayout.Head);
        decoder = Configuration.Family == BaseFamily.Gpt2 ? new Gpt2Decoder(weights) : new LlamaDecoder(weights, Device);
    }

    /// <summary>Shape of the base.</summary>
    public BaseConfiguration Configuration { get; }

    /// <summary>Name of the weights, e.g. <c>nano</c>.</summary>
    public string Name => weights.Name;

    /// <summary>SHA-256 of the weights.</summary>
    public string Fingerprint => weights.Fingerprint;

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>Type of the weights, in which the layers compute; embeddings and hidden states are float32 whatever it is.</summary>
    public ScalarType ElementType { get; }

    /// <summary>The frozen weights, for checks that nothing changed them.</summary>
    public BaseWeights Weights => weights;

    /// <summary>One forward over the rows of all segments.</summary>
    /// <returns>
    /// Final-norm hidden states per segment, [B, T, d], or the last ones of each row where <see cref="Telecom.Sdk.Methods.Embeddings.LastStates"/> says
    /// so; the caller disposes.
    /// </returns>
    /// <exception cref="ArgumentException">Tokens, mask, positions or cache of a segment do not fit each other or the base.</exception>
    /// <exception cref="TelecomException"><see cref="ErrorCode.SequenceTooLong"/>: the base has no such position.</exception>
    public Tensor[] Forward(ReadOnlySpan<ForwardSegment> segments)
    {
        using var scope = NewDisposeScope();
        var plan = new ForwardPlan(segments, Configuration.HiddenSize, serving);
        CheckLength(Math.Max(plan.LongestRow, plan.LargestPosition + 1));
        plan.PrepareMasks(Device, Configuration.SlidingWindow);
        var hidden = decoder.Forward(plan.Flatten(), plan);
        plan.AdvanceCaches();
        var outputs = plan.Split(hidden);
        foreach (var output in outputs)
        {
            output.MoveToOuterDisposeScope();
        }

        return outputs;
    }

    /// <summary>Embeddings of tokens.</summary>
    /// <param name="ids">[B, T] int64, each from 0 to the vocabulary's size - 1.</param>
    /// <param name="adapter">Adapter of these rows, which may change the embedding; null for the plain base.</param>
    /// <returns>[B, T, d]; the caller disposes.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: the base has no vocabulary.</exception>
    public Tensor Embed(Tensor ids, Adapter? adapter = null)
    {
        using var scope = NewDisposeScope();
        var (matrix, flat) = (embedding ?? throw NoVocabulary(), ids.reshape(-1));
        var rows = adapter?.Vocabulary is { } vocabulary ? vocabulary.Embed(matrix, flat) : matrix.index_select(0, flat);
        return rows.to(float32).view(ids.shape[0], ids.shape[1], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of every token.</summary>
    /// <param name="hidden">[..., d], what <see cref="Forward"/> gave.</param>
    /// <param name="adapter">Adapter of these rows, which may change the head; null for the plain base.</param>
    /// <returns>[..., V]; the caller disposes.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: the base has no vocabulary.</exception>
    public Tensor Logits(Tensor hidden, Adapter? adapter = null)
    {
        using var scope = NewDisposeScope();
        var matrix = head ?? throw NoVocabulary();
        var scores = adapter?.Vocabulary is { } vocabulary
            ? vocabulary.Logits(matrix, hidden)
            : nn.functional.linear(hidden.to(matrix.dtype), matrix).to(hidden.dtype);
        return scores.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeServing();
        weights.Dispose();
    }

    /// <summary>Frees all but the weights, for models that share them.</summary>
    internal void DisposeServing()
    {
        serving.Dispose();
        decoder.Dispose();
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.SequenceTooLong"/>.</exception>
    internal void CheckLength(long needed)
    {
        var limit = Configuration.MaxPositions ?? MostPositions;
        if (needed > limit)
        {
            throw new TelecomException(
                ErrorCode.SequenceTooLong,
                string.Create(CultureInfo.InvariantCulture, $"The sequence needs {needed} positions; base {Name} has {limit}: send fewer tokens."));
        }
    }

    private TelecomException NoVocabulary() => new(
        ErrorCode.Unprocessable, $"Base {Name} has no vocabulary: give it embeddings instead of tokens, and read hidden states instead of logits.");
}
