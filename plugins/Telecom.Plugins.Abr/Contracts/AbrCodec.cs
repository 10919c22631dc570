using System.Globalization;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>Wire documents to requests and decisions to wire documents; every refusal of a request is decided here.</summary>
internal static class AbrCodec
{
    /// <summary>Downloads that a request may carry.</summary>
    public const int HistoryLimit = 6;

    private const double LargestTargetScale = 100;

    /// <summary>Validates a document and makes the request.</summary>
    public static AbrRequest Read(AbrRequestDocument document, InputErrors errors)
    {
        var profile = AbrProfile.NetLlm;
        if (VideoDocuments.Read(document, errors) is not { } video)
        {
            return null!;
        }

        errors.Range("/chunkIndex", document.ChunkIndex, 1, video.Chunks - 1, "for this video");
        errors.Range("/lastLevel", document.LastLevel, 0, video.Levels - 1, "for this video");
        errors.Range("/bufferSeconds", document.BufferSeconds, 0, (profile.BufferCapMs / 1000) + video.ChunkSeconds, "s");
        if (document.TargetScale is { } scale)
        {
            errors.Range("/targetScale", scale, 0, LargestTargetScale, "times the best return");
        }

        var played = document.Context is { } context
            ? Context(context, document, video, profile, errors)
            : History(document.History ?? [], document.ChunkIndex, errors);
        return new()
        {
            Video = video,
            Profile = profile,
            Chunk = document.ChunkIndex,
            LastLevel = document.LastLevel,
            BufferSeconds = document.BufferSeconds,
            Played = played,
            HasContext = document.Context is not null,
            TargetScale = document.TargetScale,
            SampleSeed = document.SampleSeed,
        };
    }

    /// <summary>The decision as a player can use it.</summary>
    public static AbrDecisionDocument Write(AbrDecision decision) => new()
    {
        Level = decision.Level,
        BitrateKbps = decision.BitrateKbps,
        Policy = decision.Policy,
        Probabilities = decision.Probabilities,
        ColdStart = decision.IsColdStart ? true : null,
    };

    /// <summary>Records a number that is not finite and above 0.</summary>
    public static void Positive(string pointer, double value, InputErrors errors)
    {
        if (!double.IsFinite(value) || value <= 0)
        {
            errors.Add(pointer, string.Create(CultureInfo.InvariantCulture, $"must be a finite number above 0, but is {value}."));
        }
    }

    private static PlayedChunk[] History(IReadOnlyList<AbrDownloadDocument> downloads, int chunkIndex, InputErrors errors)
    {
        if (downloads.Count > HistoryLimit)
        {
            errors.Add("/history", string.Create(CultureInfo.InvariantCulture, $"must hold at most {HistoryLimit} downloads, but holds {downloads.Count}."));
            return [];
        }

        RequireNoMoreThanPlayed("/history", downloads.Count, chunkIndex, errors);
        var played = new PlayedChunk[downloads.Count];
        for (var i = 0; i < played.Length; i++)
        {
            var pointer = string.Create(CultureInfo.InvariantCulture, $"/history/{i}");
            if (downloads[i] is not { } download)
            {
                errors.Add(pointer, "must be an object with sizeBytes and delayMs, but is null.");
                continue;
            }

            Positive(pointer + "/sizeBytes", download.SizeBytes, errors);
            Positive(pointer + "/delayMs", download.DelayMs, errors);
            played[i] = new()
            {
                Chunk = chunkIndex - played.Length + i,
                Level = -1,
                SizeBytes = download.SizeBytes,
                DelayMs = download.DelayMs,
            };
        }

        return played;
    }

    private static PlayedChunk[] Context(
        IReadOnlyList<AbrStepDocument> steps, AbrRequestDocument document, PlayableVideo video, AbrProfile profile, InputErrors errors)
    {
        if (document.History is not null)
        {
            errors.Add("/history", "must be left out where context is given: context says it all.");
        }

        RequireNoMoreThanPlayed("/context", steps.Count, document.ChunkIndex, errors);
        var played = new PlayedChunk[steps.Count];
        for (var i = 0; i < played.Length && !errors.Full; i++)
        {
            var pointer = string.Create(CultureInfo.InvariantCulture, $"/context/{i}");
            if (steps[i] is { } step)
            {
                played[i] = Step(step, document.ChunkIndex - played.Length + i, i == 0 ? null : played[i - 1], pointer, video, profile, errors);
            }
            else
            {
                errors.Add(pointer, "must be an object, but is null.");
            }
        }

        return played;
    }

    private static PlayedChunk Step(
        AbrStepDocument step, int chunk, PlayedChunk? before, string pointer, PlayableVideo video, AbrProfile profile, InputErrors errors)
    {
        errors.Range(pointer + "/level", step.Level, 0, video.Levels - 1, "for this video");
        Positive(pointer + "/sizeBytes", step.SizeBytes, errors);
        Positive(pointer + "/delayMs", step.DelayMs, errors);
        errors.Range(pointer + "/rebufferSeconds", step.RebufferSeconds, 0, double.MaxValue, "s");
        errors.Range(pointer + "/bufferSeconds", step.BufferSeconds, 0, (profile.BufferCapMs / 1000) + video.ChunkSeconds, "s");
        if (step.Reward is { } given && !double.IsFinite(given))
        {
            errors.Add(pointer + "/reward", "must be a finite number.");
        }

        // The change against a chunk that the context does not hold is not known: it counts as none.
        var reward = step.Reward
            ?? (errors.None ? Quality.Reward(video, profile, step.Level, before?.Level ?? (chunk == 0 ? 0 : step.Level), step.RebufferSeconds) : 0);
        return new()
        {
            Chunk = chunk,
            Level = step.Level,
            SizeBytes = step.SizeBytes,
            DelayMs = step.DelayMs,
            RebufferSeconds = step.RebufferSeconds,
            BufferSeconds = step.BufferSeconds,
            Reward = reward,
        };
    }

    private static void RequireNoMoreThanPlayed(string pointer, int given, int chunkIndex, InputErrors errors)
    {
        if (given > Math.Max(0, chunkIndex))
        {
            errors.Add(
                pointer,
                string.Create(CultureInfo.InvariantCulture, $"holds {given} chunks, but before chunk {chunkIndex} only {chunkIndex} can have been played."));
        }
    }
}
