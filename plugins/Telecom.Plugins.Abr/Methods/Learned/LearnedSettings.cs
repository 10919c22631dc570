using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Settings of the learned policies: what they are trained on, how they are built, what they aim at.</summary>
internal static class LearnedSettings
{
    public const string Pool = "pool";
    public const string Teacher = "teacher";
    public const string TrainSet = "train-set";
    public const string ValidSet = "valid-set";
    public const string ValidVideo = "valid-video";
    public const string ValidStarts = "valid-starts";
    public const string Starts = "starts";
    public const string VaryTraces = "vary-traces";
    public const string VaryRate = "vary-rate";
    public const string VaryVideos = "vary-videos";
    public const string VarySizeFrom = "vary-size-from";
    public const string VarySizeTo = "vary-size-to";
    public const string VaryChunk = "vary-chunk";
    public const string Conditioning = "conditioning";
    public const string Relaxed = "relaxed";
    public const string Floor = "reward-floor";
    public const string Labels = "labels";
    public const string Temperature = "temperature";
    public const string Windows = "windows";
    public const string Window = "window";
    public const string Features = "features";
    public const string ReturnScale = "return-scale";
    public const string TargetScale = "target-scale";
    public const string MinReward = "r-min";
    public const string MaxReward = "r-max";
    public const string MaxReturn = "max-return";
    public const string Tokens = "tokens";
    public const string Form = "form";
    public const string Width = "width";
    public const string Layers = "layers";
    public const string Heads = "heads";
    public const string Dropout = "dropout";
    public const string AdapterMethod = "adapter";
    public const string AdapterRateRatio = "adapter-rate-ratio";
    public const string Rank = "rank";
    public const string Alpha = "alpha";
    public const string AdapterDropout = "adapter-dropout";

    /// <summary>Optimiser defaults of <c>network</c>.</summary>
    public static TrainingOptions NetworkTraining { get; } = new() { Epochs = 12, BatchSize = 32, LearningRate = 2e-3, ClipNorm = 0.25 };

    /// <summary>Optimiser defaults of <c>adapted</c>.</summary>
    public static TrainingOptions AdaptedTraining { get; } = new() { Epochs = 20, BatchSize = 32, LearningRate = 5e-4, ClipNorm = 0.25 };

    /// <summary>Settings of <c>network</c>.</summary>
    public static IReadOnlyList<SettingDescriptor> Network { get; } =
    [
        .. Sequence(window: "10", features: "32", history: "12"),
        new(Form, "features", "features: two hidden layers over one step's features; sequence: the tokens of adapted through a transformer of its own"),
        new(Width, "64", "sequence: width E of the tokens"),
        new(Layers, "2", "sequence: layers of its own causal transformer"),
        new(Heads, "4", "sequence: attention heads; divide the width"),
        new(Dropout, "0.1", "sequence: dropout in its layers while training"),
    ];

    /// <summary>Settings of <c>adapted</c>.</summary>
    public static IReadOnlyList<SettingDescriptor> Adapted { get; } =
    [
        .. Sequence(window: "20", features: "256", history: "6"),
        new(Tokens, "enriched", "netllm: the published tokens; enriched: the last of an observation also carries the features that network sees"),
        new(AdapterMethod, "lora", "adapter method: lora, rslora, dora, pissa, olora, miss, shira, ...; an unknown name lists all"),
        new(AdapterRateRatio, "1", "learning rate of the adapter's B as a multiple of that of A (LoRA+), above 0, at most 1000"),
        new(Rank, "16", "rank of the adapter; the paper has 128 with alpha 32"),
        new(Alpha, "16", "numerator of the adapter's scale alpha / rank"),
        new(AdapterDropout, "0.05", "dropout on the adapter's input while training"),
    ];

    /// <returns>The adapter that the settings describe, on the query and value projections.</returns>
    public static AdapterOptions ReadAdapter(SettingValues settings) => new()
    {
        Method = settings.Text(AdapterMethod),
        LearningRateRatio = settings.Number(AdapterRateRatio, 0, 1000),
        Rank = settings.Integer(Rank, 1, 1024),
        Alpha = settings.Number(Alpha, 0, 1e6),
        Dropout = settings.Number(AdapterDropout, 0, 0.99),
    };

    private static IReadOnlyList<SettingDescriptor> Sequence(string window, string features, string history) =>
    [
        new(TrainSet, "train", "set of traces that experience is collected on"),
        new(ValidSet, "valid", "set of traces that the best weights are chosen on"),
        new(AbrSettings.Video, "video1", "videos below the data root, separated by commas, that experience is collected with"),
        new(ValidVideo, string.Empty, "videos that the best weights are chosen on; those of video unless given"),
        new(ValidStarts, "4", "start points per trace of valid-set: that of the data set, then random ones"),
        .. AbrSettings.Ladder,
        .. AbrSettings.Profile.Select(setting => setting.Name == "history" ? setting with { Default = history } : setting),
        new(Pool, string.Empty, "file of an experience pool; without one experience is collected as the settings below say"),
        new(
            Teacher,
            "mpc+rollout,mpc+rollout~near:0.15",
            "behaviours separated by commas: rule policies, hindsight, uniform, near; +rollout scores levels by playing on with the rule; ~other:p lets another decide with probability p"),
        new(Starts, "16", "start points per trace and behaviour: that of the data set, then random ones"),
        new(VaryTraces, "0.7", "probability that the trace of a recorded session is multiplied by a random factor"),
        new(VaryRate, "0.6", "x of that factor, exp(U(-x, x))"),
        new(VaryVideos, "0.7", "probability that the video of a recorded session is shifted and its sizes multiplied by random factors"),
        new(VarySizeFrom, "0.85", "smallest factor of all sizes"),
        new(VarySizeTo, "1.45", "largest factor of all sizes"),
        new(VaryChunk, "0.15", "x of a factor per chunk, exp(U(-x, x))"),
        new(Floor, "0.01", "quantile of the rewards that lower ones are raised to; 0 for no floor"),
        new(Labels, "auto", "levels: those that were played; soft: softmax of the scores; regret: expected loss of score; auto: soft where there are scores"),
        new(Temperature, "1", "soft: score difference that makes a level e times likelier"),
        new(Windows, "0", "training windows per epoch, after each of which the sessions of valid-set are played; 0 for as many as cover the pool once"),
        new(Window, window, "steps w of a window and of the context, this one included"),
        new(Features, features, "width F of the encoders"),
        new(ReturnScale, "unit", "unit: returns are fractions of the pool's best; reference: sums of rewards / 1000 as in NetLLM"),
        new(
            Conditioning,
            "target",
            "target: training shows the target that is left, as playing does, and a lower one with labels of lower bitrate; recorded: what the session went on to earn, as in NetLLM"),
        new(Relaxed, "0.15", "target: share of the windows that show a lower target"),
        new(TargetScale, "1", "target return of a session as a multiple of the pool's best"),
        new(MinReward, string.Empty, "smallest reward of the pool; training writes it"),
        new(MaxReward, string.Empty, "largest reward of the pool; training writes it"),
        new(MaxReturn, string.Empty, "largest return of the pool, divided by 1000; training writes it"),
    ];
}
