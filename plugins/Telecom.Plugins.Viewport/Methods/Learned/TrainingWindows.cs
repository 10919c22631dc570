using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Training;
using static System.FormattableString;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>Windows of the train and valid splits; the test split is never read here.</summary>
/// <param name="Train">Dense windows, those across recording gaps dropped.</param>
/// <param name="Valid">The benchmark's windows of the valid split.</param>
/// <param name="Description">For the card.</param>
internal sealed record TrainingWindows(WindowSet Train, WindowSet Valid, string Description)
{
    private const int EvaluationStep = 15;

    /// <summary>SHA-256 of all window values.</summary>
    public string Fingerprint { get; } = Hash(Train, Valid);

    /// <summary>Reads both splits.</summary>
    /// <exception cref="TelecomException">A split is missing or has no windows.</exception>
    public static async ValueTask<TrainingWindows> ReadAsync(TrainingContext context, CancellationToken cancellationToken)
    {
        var options = ViewportSettings.ReadWindows(context.Settings);
        context.Progress?.Report(new("reading traces", 0, 0));
        var train = await TraceLoader.ReadAsync(context.Source, "train", context.Settings, context.Seed, cancellationToken).ConfigureAwait(false);
        var valid = await TraceLoader.ReadAsync(context.Source, "valid", context.Settings, context.Seed, cancellationToken).ConfigureAwait(false);
        var trainWindows = WindowSet.Cut(train.Traces, options, GapPolicy.Drop);
        var validWindows = WindowSet.Cut(valid.Traces, options with { Step = EvaluationStep }, GapPolicy.Keep);
        if (trainWindows.Count == 0 || validWindows.Count == 0)
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                Invariant($"{train.Dataset} gives {trainWindows.Count} training and {validWindows.Count} validation windows; both are needed. ")
                + "Lower head, tail or step, or bring longer traces.");
        }

        var description =
            Invariant($"{train.Dataset}: train {train.Traces.Count} traces, {trainWindows.Count} windows (step {options.Step}, ")
            + Invariant($"{trainWindows.WindowsAcrossGaps} across gaps dropped); ")
            + Invariant($"valid {valid.Traces.Count} traces, {validWindows.Count} windows (step {EvaluationStep})");
        return new TrainingWindows(trainWindows, validWindows, description);
    }

    private static string Hash(WindowSet train, WindowSet valid)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in (WindowSet[])[train, valid])
        {
            hash.AppendData(MemoryMarshal.AsBytes(set.Past.Span));
            hash.AppendData(MemoryMarshal.AsBytes(set.Future.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
