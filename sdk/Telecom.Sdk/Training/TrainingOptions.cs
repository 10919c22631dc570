using System.Globalization;
using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Training;

/// <summary>
/// The optimiser's side of a training run: AdamW with linear warm-up, then constant or cosine decay, and one clip per optimiser step.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training examples.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Examples per forward.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Forwards per optimiser step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decoupled weight decay on encoder and head; adapters are never decayed.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Fraction of all steps that ramp the learning rate up linearly.</summary>
    public double WarmUp { get; init; } = 0.03;

    /// <summary>Whether the learning rate falls to zero along a cosine after the warm-up.</summary>
    public bool Cosine { get; init; } = true;

    /// <summary>L2 norm to which the gradient of one optimiser step is clipped; 0 for no clipping.</summary>
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>The options as settings, so that <c>--set</c> can change them.</summary>
    public IReadOnlyList<SettingDescriptor> Describe() =>
    [
        new("epochs", Invariant(Epochs), "passes over the training examples"),
        new("batch", Invariant(BatchSize), "examples per forward"),
        new("accumulation", Invariant(Accumulation), "forwards per optimiser step"),
        new("lr", Invariant(LearningRate), "peak learning rate"),
        new("weight-decay", Invariant(WeightDecay), "decoupled weight decay on encoder and head"),
        new("warm-up", Invariant(WarmUp), "fraction of the steps with rising learning rate, 0..1"),
        new("cosine", Cosine ? "true" : "false", "cosine decay to zero after the warm-up"),
        new("clip", Invariant(ClipNorm), "L2 clip of the gradient of one optimiser step; 0 for none"),
    ];

    /// <summary>The options that <paramref name="settings"/> hold.</summary>
    public static TrainingOptions From(SettingValues settings) => new()
    {
        Epochs = settings.Integer("epochs", 1, 100_000),
        BatchSize = settings.Integer("batch", 1, 65_536),
        Accumulation = settings.Integer("accumulation", 1, 65_536),
        LearningRate = settings.Number("lr", 0, 10),
        WeightDecay = settings.Number("weight-decay", 0, 10),
        WarmUp = settings.Number("warm-up", 0, 1),
        Cosine = settings.Flag("cosine"),
        ClipNorm = settings.Number("clip", 0, 1e9),
    };

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
