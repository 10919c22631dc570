using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>Settings of the learned methods: what they are trained on and how their answers are made.</summary>
internal static class LearnedSettings
{
    public const string AbsoluteYaw = "absolute-yaw";
    public const string FrontDropout = "front-dropout";
    public const string HiddenSize = "hidden";
    public const string Recipe = "recipe";
    public const string AdapterMethod = "adapter";
    public const string AdapterRateRatio = "adapter-rate-ratio";
    public const string Rank = "rank";
    public const string Alpha = "alpha";
    public const string AdapterDropout = "adapter-dropout";
    public const string RollOutProbability = "roll-out";

    /// <summary>Rows between neighbouring training windows; validation keeps the benchmark's 15.</summary>
    public const int TrainingStep = 3;

    /// <summary>Optimiser defaults of <c>network</c>.</summary>
    public static TrainingOptions NetworkTraining { get; } = new() { Epochs = 20, BatchSize = 256, LearningRate = 5e-4, WeightDecay = 1e-2 };

    /// <summary>Optimiser defaults of <c>adapted</c>.</summary>
    public static TrainingOptions AdaptedTraining { get; } = new() { Epochs = 4, BatchSize = 128, LearningRate = 1e-3, WeightDecay = 1e-2 };

    /// <summary>Settings of <c>network</c>.</summary>
    public static IReadOnlyList<SettingDescriptor> Network { get; } =
    [
        .. ViewportSettings.Data,
        .. ViewportSettings.Windows(TrainingStep),
        .. Residual,
        new(HiddenSize, "256", "width of both hidden layers"),
    ];

    /// <summary>Settings of <c>adapted</c>.</summary>
    public static IReadOnlyList<SettingDescriptor> Adapted { get; } =
    [
        .. ViewportSettings.Data,
        .. ViewportSettings.Windows(TrainingStep),
        .. Residual,
        new(Recipe, "residual", "residual: one forward, displacements, circular L1; netllm: the paper's absolute angles, MSE and roll-out"),
        new(AdapterMethod, "lora", "adapter method: lora, rslora, dora, pissa, olora, miss, shira, ...; an unknown name lists all"),
        new(AdapterRateRatio, "1", "learning rate of the adapter's B as a multiple of that of A (LoRA+), above 0, at most 1000"),
        new(Rank, "32", "rank of the adapter"),
        new(Alpha, "32", "numerator of the adapter's scale alpha / rank"),
        new(AdapterDropout, "0.05", "dropout on the adapter's input while training"),
        new(RollOutProbability, "0.04", "netllm only: probability that a batch is trained through the roll-out instead of teacher forcing"),
    ];

    /// <returns>Whether yaw relative to the content's front is an input.</returns>
    public static bool UsesFront(SettingValues settings) => settings.Choice(AbsoluteYaw, "front", "off") == "front";

    private static IReadOnlyList<SettingDescriptor> Residual =>
    [
        new(AbsoluteYaw, "front", "front: yaw relative to the training data's front direction is an input; off: only differences are"),
        new(FrontDropout, "0.5", "probability that a training example hides the front, so that unknown fronts are answered well"),
    ];
}
