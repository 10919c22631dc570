using System.Globalization;
using System.Text.Json;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Sessions;

namespace Telecom.Plugins.Abr.Live;

/// <summary>
/// A player that asks chunk after chunk: each request brings the downloads since the one before, and the session adds all that came earlier, so that every
/// policy sees what it would see in the simulator.
/// </summary>
/// <remarks>
/// Rebuffering follows from the delay and the buffer before it. A request that is sent again replaces what it said before.
/// </remarks>
internal sealed class LiveMemory : ISessionMemory<AbrRequest, AbrDecision>
{
    private const int Version = 1;

    // A session of this length lasts days; beyond it the oldest chunks are forgotten.
    private const int MostChunks = 4000;

    public AbrRequest Resume(AbrRequest request, ReadOnlySpan<byte> state)
    {
        if (request.HasContext)
        {
            return request;
        }

        var known = Known(request, state);
        var given = request.Played.Span;
        var first = request.Chunk - given.Length;
        if (known.Length > 0 && first > known[^1].Chunk + 1)
        {
            throw new InvalidInputException(
                "/history",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"must hold every download since the request before: this session knows chunk {known[^1].Chunk}, but the first one given is {first}."));
        }

        var before = known.Where(chunk => chunk.Chunk < first).TakeLast(MostChunks).ToList();
        foreach (var download in given)
        {
            before.Add(Completed(download, before.Count == 0 ? null : before[^1], request));
        }

        return request with { Played = before.ToArray(), HasContext = true };
    }

    public byte[] Remember(AbrRequest request, AbrDecision answer) => JsonSerializer.SerializeToUtf8Bytes(
        new()
        {
            Version = Version,
            Levels = request.Video.Levels,
            Chunks = request.Video.Chunks,
            FirstChunk = request.Played.IsEmpty ? request.Chunk : request.Played.Span[0].Chunk,
            Played = Array.ConvertAll(request.Played.ToArray(), Written),
        },
        LiveJson.Default.LiveState);

    private static PlayedChunk[] Known(AbrRequest request, ReadOnlySpan<byte> state)
    {
        if (state.IsEmpty || JsonSerializer.Deserialize(state, LiveJson.Default.LiveState) is not { Version: Version } kept)
        {
            return [];
        }

        if (kept.Levels != request.Video.Levels || kept.Chunks != request.Video.Chunks)
        {
            throw new InvalidInputException("/videoId", "names another video than this session plays: begin a session per video.");
        }

        return [.. kept.Played.Select((step, i) => new PlayedChunk
        {
            Chunk = kept.FirstChunk + i,
            Level = step.Level,
            SizeBytes = step.SizeBytes,
            DelayMs = step.DelayMs,
            RebufferSeconds = step.RebufferSeconds,
            BufferSeconds = step.BufferSeconds,
            Reward = step.Reward ?? 0,
        })];
    }

    private static AbrStepDocument Written(PlayedChunk chunk) => new()
    {
        Level = chunk.Level,
        SizeBytes = chunk.SizeBytes,
        DelayMs = chunk.DelayMs,
        RebufferSeconds = chunk.RebufferSeconds,
        BufferSeconds = chunk.BufferSeconds,
        Reward = chunk.Reward,
    };

    private static PlayedChunk Completed(PlayedChunk download, PlayedChunk? before, AbrRequest request)
    {
        var video = request.Video;
        var isLast = download.Chunk == request.Chunk - 1;
        var level = isLast ? request.LastLevel : LevelOf(download, video);
        var bufferBefore = before?.BufferSeconds ?? 0;
        var seconds = download.DelayMs / 1000;
        var rebuffer = Math.Max(seconds - bufferBefore, 0);
        var lastLevel = before?.Level ?? (download.Chunk == 0 ? 0 : level);
        return download with
        {
            Level = level,
            RebufferSeconds = rebuffer,
            BufferSeconds = isLast ? request.BufferSeconds : Math.Max(bufferBefore - seconds, 0) + video.ChunkSeconds,
            Reward = Quality.Reward(video, request.Profile, level, lastLevel, rebuffer),
        };
    }

    // Only the level of the newest chunk is part of a request; that of an earlier one is the level whose size is nearest.
    private static int LevelOf(PlayedChunk download, PlayableVideo video)
    {
        var sizes = video.SizesBytes(download.Chunk);
        var nearest = 0;
        for (var level = 1; level < sizes.Length; level++)
        {
            nearest = Math.Abs(sizes[level] - download.SizeBytes) < Math.Abs(sizes[nearest] - download.SizeBytes) ? level : nearest;
        }

        return nearest;
    }
}
