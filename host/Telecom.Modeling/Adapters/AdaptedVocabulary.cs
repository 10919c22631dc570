using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// What an adapter changes where tokens enter and leave a base: the embedding matrix E and the output head W, each replaced as a whole or
/// adapted at low rank. e(id) = E[id] + s (A[:, id])ᵀ Bᵀ; logits = W h + s B (A h).
/// </summary>
/// <remarks>Executor thread only. The matrices of the base are read and never written.</remarks>
public sealed class AdaptedVocabulary : IDisposable
{
    private const string EmbeddingA = "lora_embedding_A";
    private const string EmbeddingB = "lora_embedding_B";
    private const string Whole = "weight";

    private readonly SortedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly (Tensor A, Tensor B, Scalar Scale)? embeddingDelta;
    private readonly (Tensor A, Tensor B, Scalar Scale)? headDelta;
    private readonly Tensor? embedding;
    private readonly Tensor? head;

    /// <param name="settings">What is changed, and how.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">A setting is out of range.</exception>
    public AdaptedVocabulary(VocabularySettings settings, Device device)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        settings.Embedding?.Check();
        settings.Head?.Check();
        using var noGradient = no_grad();
        var (tokens, width) = ((long)settings.VocabularySize, (long)settings.HiddenSize);
        Tensor Keep(string module, string name, params long[] shape)
        {
            var kept = zeros(shape, float32, device).requires_grad_().DetachFromDisposeScope();
            parameters.Add($"{module}.{name}", kept);
            return kept;
        }

        if (settings.Embedding is { } input)
        {
            embeddingDelta = (
                Keep(settings.EmbeddingPath, EmbeddingA, input.Rank, tokens), Keep(settings.EmbeddingPath, EmbeddingB, width, input.Rank), input.Scale);
        }

        if (settings.Head is { } output)
        {
            headDelta = (
                Keep(settings.HeadPath, LoraLinear.NameA, output.Rank, width), Keep(settings.HeadPath, LoraLinear.NameB, tokens, output.Rank), output.Scale);
        }

        embedding = settings.ReplacesEmbedding ? Keep(settings.EmbeddingPath, Whole, tokens, width) : null;
        head = settings.ReplacesHead ? Keep(settings.HeadPath, Whole, tokens, width) : null;
    }

    /// <summary>What is changed, and how.</summary>
    public VocabularySettings Settings { get; }

    /// <summary>Its tensors by module path and PEFT suffix; zero until they are written.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => parameters;

    /// <summary>Embeddings of tokens.</summary>
    /// <param name="matrix">[V, d], the base's.</param>
    /// <param name="ids">[N] int64.</param>
    /// <returns>[N, d] float32.</returns>
    public Tensor Embed(Tensor matrix, Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var rows = (embedding ?? matrix).index_select(0, ids).to(float32);
        if (embeddingDelta is not { } delta)
        {
            return rows;
        }

        var low = delta.A.index_select(1, ids).t().mul(delta.Scale);
        return rows.Plus(nn.functional.linear(low, delta.B));
    }

    /// <summary>Scores of every token.</summary>
    /// <param name="matrix">[V, d], the base's.</param>
    /// <param name="hidden">[..., d].</param>
    /// <returns>[..., V] in the type of <paramref name="hidden"/>.</returns>
    public Tensor Logits(Tensor matrix, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        var weight = head ?? matrix;
        var scores = nn.functional.linear(hidden.to(weight.dtype), weight).to(hidden.dtype);
        if (headDelta is not { } delta)
        {
            return scores;
        }

        var low = nn.functional.linear(hidden.to(delta.A.dtype), delta.A).mul(delta.Scale);
        return scores.Plus(nn.functional.linear(low, delta.B).to(hidden.dtype));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in parameters.Values)
        {
            parameter.Dispose();
        }

        embeddingDelta?.Scale.Dispose();
        headDelta?.Scale.Dispose();
    }
}
