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
    private const int ShownDigits = 12;

    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, TensorFile));

    /// <summary>Writes the checkpoint in one step: the state travels in the header of the tensor file, so the two can never disagree.</summary>
    public static void Save(string directory, TrainingState state, TrainingWeights weights, AdamW optimizer)
    {
        Directory.CreateDirectory(directory);
        var metadata = new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state, TrainingStateJson.Default.TrainingState) };
        SafetensorsWriter.Write(Path.Combine(directory, TensorFile), Tensors(weights, optimizer), metadata);
    }

    /// <summary>Fills weights and moments from the checkpoint.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.CheckpointInvalid"/>: the checkpoint is damaged, or belongs to another seed, other data, settings or another network.
    /// </exception>
    public static TrainingState Load(string directory, TrainingRun run, TrainingWeights weights, AdamW optimizer)
    {
        var path = Path.Combine(directory, TensorFile);
        using var file = SafetensorsFile.Open(path);
        var state = ReadState(file);
        if (Difference(state, run) is { } difference)
        {
            throw new TelecomException(
                ErrorCode.CheckpointInvalid,
                $"{path} belongs to another run: {difference}. Repeat the command that was interrupted, or train without --resume.");
        }

        foreach (var (name, tensor) in Tensors(weights, optimizer))
        {
            file.CopyTo(name, tensor);
        }

        optimizer.Steps = state.Steps;
        return state;
    }

    private static TrainingState ReadState(SafetensorsFile file)
    {
        try
        {
            if (file.Metadata.TryGetValue(StateKey, out var json)
                && JsonSerializer.Deserialize(json, TrainingStateJson.Default.TrainingState) is { } state)
            {
                return state;
            }
        }
        catch (JsonException exception)
        {
            throw new CheckpointFormatException(file.Path, null, $"its training state cannot be read: {exception.Message}", exception);
        }

        throw new CheckpointFormatException(file.Path, null, "is not a training checkpoint; train without --resume.");
    }

    private static string? Difference(TrainingState state, TrainingRun run)
    {
        if (state.Seed != run.Seed)
        {
            return $"it was made with seed {state.Seed}, this run has seed {run.Seed}";
        }

        if (state.DataFingerprint != run.Data.Fingerprint)
        {
            return $"it was made on data {Head(state.DataFingerprint)}, this run has data {Head(run.Data.Fingerprint)}";
        }

        var settings = run.AllSettings();
        var differing = state.Settings.Keys.Union(settings.Keys)
            .FirstOrDefault(name => state.Settings.GetValueOrDefault(name) != settings.GetValueOrDefault(name));
        return differing is null
            ? null
            : $"it was made with {differing}={state.Settings.GetValueOrDefault(differing)}, "
                + $"this run has {differing}={settings.GetValueOrDefault(differing)}";
    }

    private static string Head(string fingerprint) => fingerprint.Length > ShownDigits ? fingerprint[..ShownDigits] : fingerprint;

    private static IEnumerable<KeyValuePair<string, torch.Tensor>> Tensors(TrainingWeights weights, AdamW optimizer) =>
        weights.Current.Select(pair => KeyValuePair.Create("current." + pair.Key, pair.Value))
            .Concat(weights.Best.Select(pair => KeyValuePair.Create("best." + pair.Key, pair.Value)))
            .Concat(optimizer.Moments);
}
