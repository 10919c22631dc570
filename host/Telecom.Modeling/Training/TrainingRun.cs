using Telecom.Modeling.Adapters;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using TorchSharp;

namespace Telecom.Modeling.Training;

/// <summary>What a trainer works on; everything in it lives on the executor thread.</summary>
public sealed record TrainingRun
{
    /// <summary>Encoder and head, or the whole network.</summary>
    public required torch.nn.Module Modules { get; init; }

    /// <summary>Adapter; null for network methods and for runs without a base.</summary>
    public Adapter? Adapter { get; init; }

    /// <summary>The base with the adapter attached; null for network methods.</summary>
    public IBackbone? Backbone { get; init; }

    /// <summary>Examples, loss and validation.</summary>
    public required ITrainingData Data { get; init; }

    /// <summary>Optimiser settings.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Seed of shuffling, augmentation and dropout.</summary>
    public required int Seed { get; init; }

    /// <summary>What else shapes the run, such as the method's settings and the base; a checkpoint is only continued with the same.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder of the resumable checkpoint; null keeps none.</summary>
    public string? CheckpointDirectory { get; init; }

    /// <summary>Continues the checkpoint if there is one.</summary>
    public bool Resume { get; init; }

    /// <summary><see cref="Settings"/> by name, with the optimiser's options in their own spelling.</summary>
    internal IReadOnlyDictionary<string, string> AllSettings()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Settings)
        {
            all[name] = value;
        }

        foreach (var option in Options.Describe())
        {
            all[option.Name] = option.Default;
        }

        return all;
    }
}
