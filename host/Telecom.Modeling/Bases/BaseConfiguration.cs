using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bases;

/// <summary>Architecture and sizes of a base transformer.</summary>
public sealed record BaseConfiguration
{
    // Far above any real model, and low enough that no product of sizes overflows.
    private const int MaxWidth = 1 << 22;
    private const int MaxCount = 1 << 12;
    private const int MaxVocabularySize = 1 << 24;

    /// <summary>The shipped base: 3 164 416 parameters, no vocabulary.</summary>
    public static BaseConfiguration Nano { get; } = new()
    {
        HiddenSize = 256,
        LayerCount = 4,
        HeadCount = 4,
        KeyValueHeadCount = 4,
        HeadSize = 64,
        FeedForwardSize = 688,
        NormEpsilon = 1e-5,
        RopeTheta = 1e4,
    };

    /// <summary>Architecture.</summary>
    public BaseFamily Family { get; init; } = BaseFamily.Llama;

    /// <summary>Hidden size d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Decoder layers L.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Query heads H.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key and value heads K; divides <see cref="HeadCount"/>.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Size of one head dh; even where positions are rotary, and not always d / H.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Inner size of the feed-forward block.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Added to the mean square in RMS norm, to the variance in layer norm.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>θ of the rotary position embedding; means nothing where positions are learned.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Scaling of the rotary frequencies; null for none.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the query, key and value projections of the Llama families have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the output projection of attention of the Llama families has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether the feed-forward projections of the Llama families have biases.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Tokens that a query sees, itself included; null for all before it.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Longest sequence in tokens; null where the configuration sets no limit. Learned positions have one.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Tokens V; 0 for a base that takes embeddings only.</summary>
    public int VocabularySize { get; init; }

    /// <summary>Whether the output head shares the embedding matrix.</summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>Trainable numbers of the whole base; a tied head is not counted twice.</summary>
    public long ParameterCount => BaseLayout.Tensors(this).Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Checks every member.</summary>
    /// <exception cref="TelecomException">A size is out of range or does not fit the others; all such members are named.</exception>
    public void Validate()
    {
        var problems = Problems();
        if (problems.Count > 0)
        {
            throw new TelecomException(ErrorCode.CheckpointInvalid, $"Base configuration: {string.Join("; ", problems)}");
        }
    }

    /// <returns>Everything that is wrong, in the words of <c>config.json</c>.</returns>
    internal IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        var isGpt2 = Family == BaseFamily.Gpt2;
        CheckSize(problems, isGpt2 ? "n_embd" : "hidden_size", HiddenSize, 1, MaxWidth);
        CheckSize(problems, isGpt2 ? "n_layer" : "num_hidden_layers", LayerCount, 1, MaxCount);
        CheckSize(problems, isGpt2 ? "n_head" : "num_attention_heads", HeadCount, 1, MaxCount);
        CheckSize(problems, "num_key_value_heads", KeyValueHeadCount, 1, MaxCount);
        CheckSize(problems, "head_dim", HeadSize, isGpt2 ? 1 : 2, MaxCount);
        CheckSize(problems, isGpt2 ? "n_inner" : "intermediate_size", FeedForwardSize, 1, MaxWidth);
        CheckSize(problems, "vocab_size", VocabularySize, 0, MaxVocabularySize);
        CheckSize(problems, isGpt2 ? "n_positions" : "max_position_embeddings", MaxPositions ?? 1, 1, MaxVocabularySize);
        CheckSize(problems, "sliding_window", SlidingWindow ?? 1, 1, int.MaxValue);
        CheckNumber(problems, isGpt2 ? "layer_norm_epsilon" : "rms_norm_eps", NormEpsilon);
        CheckNumber(problems, "rope_theta", RopeTheta);
        problems.AddRange(RopeScaling?.Problems() ?? []);
        if (KeyValueHeadCount > 0 && HeadCount % KeyValueHeadCount != 0)
        {
            problems.Add($"num_attention_heads {HeadCount} must be a multiple of num_key_value_heads {KeyValueHeadCount}");
        }

        CheckFamily(problems);
        return problems;
    }

    private void CheckFamily(List<string> problems)
    {
        if (Family != BaseFamily.Gpt2)
        {
            if (HeadSize % 2 != 0)
            {
                problems.Add($"head_dim {HeadSize} must be even, since rotary positions turn pairs");
            }

            return;
        }

        if ((long)HeadCount * HeadSize != HiddenSize || KeyValueHeadCount != HeadCount)
        {
            problems.Add($"n_embd {HiddenSize} must be a multiple of n_head {HeadCount}");
        }

        if (MaxPositions is null)
        {
            problems.Add("n_positions is missing, but positions are learned");
        }
    }

    private static void CheckSize(List<string> problems, string member, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum)
        {
            problems.Add($"{member} {value} must be from {minimum} to {maximum}");
        }
    }

    private static void CheckNumber(List<string> problems, string member, double value)
    {
        if (!double.IsFinite(value) || value <= 0)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{member} {value} must be a positive number"));
        }
    }
}
