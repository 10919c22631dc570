using System.Text.Json;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Modeling.Training;

/// <summary>A run that can be continued: current and best weights, both moments, and where it stands.</summary>
internal static class TrainingCheckpoint
{
    private const string TensorFile = "checkpoint.safetensors";
    private const string StateKey = "telecom.state";

    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, TensorFile));

    /// <summary>Writes the checkpoint in one step: the state travels in the header of the tensor file, so the two can never disagree.</summary>
    public static void Save(string directory, TrainingState state, TrainingWeights weights, AdamW optimizer)
    {
        Directory.CreateDirectory(directory);
        var metadata = new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state, TrainingStateJson.Default.TrainingState) };
        SafetensorsWriter.Write(Path.Combine(directory, TensorFile), Tensors(weights, optimizer), metadata);
    }

    /// <summary>Fills weights and moments from the checkpoint.</summary>
    /// <exception cref="TelecomException">The checkpoint belongs to another seed, other data or another network.</exception>
    public static TrainingState Load(string directory, TrainingRun run, TrainingWeights weights, AdamW optimizer)
    {
        var path = Path.Combine(directory, TensorFile);
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(StateKey, out var json)
            || JsonSerializer.Deserialize(json, TrainingStateJson.Default.TrainingState) is not { } state)
        {
            throw new TelecomException(ErrorCode.CheckpointInvalid, $"{path} is not a training checkpoint. Train without --resume.");
        }

        if (state.Seed != run.Seed || state.DataFingerprint != run.Data.Fingerprint)
        {
            throw new TelecomException(
                ErrorCode.CheckpointInvalid,
                $"{path} belongs to a run with seed {state.Seed} on data {state.DataFingerprint[..12]}, but this run has seed {run.Seed} on data "
                + $"{run.Data.Fingerprint[..12]}. Use the same --seed and --data, or train without --resume.");
        }

        using var noGradient = torch.no_grad();
        foreach (var (name, tensor) in Tensors(weights, optimizer))
        {
            file.CopyTo(name, tensor);
        }

        optimizer.Steps = state.Steps;
        return state;
    }

    private static IEnumerable<KeyValuePair<string, torch.Tensor>> Tensors(TrainingWeights weights, AdamW optimizer) =>
        weights.Current.Select(pair => KeyValuePair.Create("current." + pair.Key, pair.Value))
            .Concat(weights.Best.Select(pair => KeyValuePair.Create("best." + pair.Key, pair.Value)))
            .Concat(optimizer.Moments);
}
