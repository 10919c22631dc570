using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Abr.Synthetic;

/// <summary>Size of a generated set.</summary>
/// <param name="Traces">Traces per split.</param>
/// <param name="Seconds">Length of a trace.</param>
internal sealed record SynthOptions(IReadOnlyDictionary<string, int> Traces, double Seconds)
{
    /// <summary>Splits in canonical order.</summary>
    public static IReadOnlyList<string> SplitNames { get; } = ["train", "valid", "test"];

    /// <summary>The options as settings.</summary>
    public static IReadOnlyList<SettingDescriptor> Settings { get; } =
    [
        new("train-traces", "60", "generated traces of the split train"),
        new("valid-traces", "16", "generated traces of the split valid"),
        new("test-traces", "30", "generated traces of the split test"),
        new("seconds", "320", "length of a generated trace in s, 10 to 86400"),
    ];

    /// <summary>Reads the options.</summary>
    public static SynthOptions From(SettingValues settings) => new(
        SplitNames.ToDictionary(split => split, split => settings.Integer($"{split}-traces", 0, 100_000), StringComparer.Ordinal),
        settings.Number("seconds", 10, 86_400));
}
