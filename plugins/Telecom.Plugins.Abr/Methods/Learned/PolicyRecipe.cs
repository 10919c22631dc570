using System.Globalization;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Observations;
using Telecom.Plugins.Abr.Pool;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>What shapes the inputs and answers of a learned policy, apart from its weights.</summary>
internal sealed record PolicyRecipe
{
    /// <summary>Steps w of a window.</summary>
    public required int Window { get; init; }

    /// <summary>Levels M.</summary>
    public required int Levels { get; init; }

    /// <summary>Chunks K of the longest session it can play.</summary>
    public required int Chunks { get; init; }

    /// <summary>Chunks of history H in an observation.</summary>
    public required int History { get; init; }

    /// <summary>Width F of the encoders.</summary>
    public required int Features { get; init; }

    /// <summary>Target return of a session as a multiple of the pool's best, unless a request names another.</summary>
    public required double TargetScale { get; init; }

    /// <summary>Unit of the returns.</summary>
    public required ReturnScaling Scaling { get; init; }

    /// <summary>Return bookkeeping of the pool; null before training.</summary>
    public ReturnToGo? Returns { get; init; }

    /// <summary>Columns W of an observation.</summary>
    public int StateWidth => AbrObservation.Width(History, Levels);

    /// <summary>Values of an observation.</summary>
    public int StateSize => AbrObservation.Features * StateWidth;

    /// <summary>Reads the recipe of a method.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.BundleInvalid"/>: a bundle lacks the range of its pool's rewards. <see cref="ErrorCode.InvalidInput"/>: a setting is wrong.
    /// </exception>
    public static PolicyRecipe From(MethodSetup setup)
    {
        var settings = setup.Settings;
        var scaling = settings.Choice(LearnedSettings.ReturnScale, "unit", "reference") == "unit" ? ReturnScaling.Unit : ReturnScaling.Reference;
        return new()
        {
            Window = settings.Integer(LearnedSettings.Window, 1, 1000),
            Levels = AbrSettings.Names(settings, "ladder").Count,
            Chunks = settings.Integer("chunks", 2, 100_000),
            History = settings.Integer("history", 4, 1000),
            Features = settings.Integer(LearnedSettings.Features, 1, 4096),
            TargetScale = settings.Number(LearnedSettings.TargetScale, 0, 100),
            Scaling = scaling,
            Returns = ReadReturns(settings, scaling, setup.IsTrained),
        };
    }

    /// <summary>The range of the pool's rewards as settings of a bundle.</summary>
    public static Dictionary<string, string> Describe(ReturnToGo returns) => new(StringComparer.Ordinal)
    {
        [LearnedSettings.MinReward] = returns.MinReward.ToString("R", CultureInfo.InvariantCulture),
        [LearnedSettings.MaxReward] = returns.MaxReward.ToString("R", CultureInfo.InvariantCulture),
        [LearnedSettings.MaxReturn] = returns.MaxReturn.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Sessions that the policy was not made for go to the fallback.</summary>
    public Suitability Examine(AbrRequest request) =>
        request.Played.IsEmpty
            ? Suitability.FallBack("/history", "the policy looks at downloads, and there is none yet")
        : request.Video.Levels != Levels
            ? Suitability.FallBack("/video", Text($"the policy was trained for {Levels} levels, but the video has {request.Video.Levels}"))
        : request.Chunk >= Chunks
            ? Suitability.FallBack("/chunkIndex", Text($"the policy was trained for sessions of {Chunks} chunks, but this is chunk {request.Chunk}"))
        : Suitability.Suitable;

    private static ReturnToGo? ReadReturns(SettingValues settings, ReturnScaling scaling, bool isTrained)
    {
        string[] names = [LearnedSettings.MinReward, LearnedSettings.MaxReward, LearnedSettings.MaxReturn];
        var missing = Array.FindAll(names, name => settings.Text(name).Length == 0);
        if (missing.Length > 0)
        {
            return isTrained
                ? throw new TelecomException(
                    ErrorCode.BundleInvalid,
                    $"its task.json has no {string.Join(", ", missing)}, without which no target return can be formed. Train the method again.")
                : null;
        }

        var (least, most, best) = (settings.Number(names[0]), settings.Number(names[1]), settings.Number(names[2]));
        return most > least && best > 0
            ? new(least, most, best, scaling)
            : throw new TelecomException(
                isTrained ? ErrorCode.BundleInvalid : ErrorCode.InvalidInput,
                Text($"{names[0]}={least}, {names[1]}={most}, {names[2]}={best} are no range of rewards: the second must be above the first, the third above 0."));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
