using System.Text.Json.Nodes;
using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Scenarios;

/// <summary>Played sessions as JSON.</summary>
internal static class SessionJson
{
    /// <summary>A session with all of its steps.</summary>
    public static JsonObject Of(PlaySession session, string policy)
    {
        var played = session.Played;
        var steps = new JsonArray();
        foreach (ref readonly var chunk in played)
        {
            steps.Add((JsonNode)new JsonObject
            {
                ["chunk"] = chunk.Chunk,
                ["level"] = chunk.Level,
                ["sizeBytes"] = chunk.SizeBytes,
                ["delayMs"] = chunk.DelayMs,
                ["sleepMs"] = chunk.SleepMs,
                ["rebufferS"] = chunk.RebufferSeconds,
                ["bufferS"] = chunk.BufferSeconds,
                ["reward"] = chunk.Reward,
            });
        }

        // Chunk 0 is not scored: a session of one chunk has no QoE.
        var summary = played.Length > 1 ? session.Summarise() : null;
        return new()
        {
            ["qoe"] = summary?.Qoe,
            ["levels"] = LevelText.Of([.. played.ToArray().Select(chunk => chunk.Level)]),
            ["policy"] = policy,
            ["trace"] = session.Spec.TraceName,
            ["video"] = session.Spec.Video.Name,
            ["startPointer"] = session.Spec.StartPointer,
            ["bitrateMbps"] = summary?.BitrateMbps,
            ["rebufferS"] = summary?.RebufferSeconds,
            ["smoothnessMbps"] = summary?.SmoothnessMbps,
            ["steps"] = steps,
        };
    }

    /// <summary>One session of many, without steps.</summary>
    public static JsonObject Of(SessionSpec spec, string policy, SessionSummary summary) => new()
    {
        ["set"] = spec.Set,
        ["video"] = spec.Video.Name,
        ["trace"] = spec.TraceName,
        ["startPointer"] = spec.StartPointer,
        ["policy"] = policy,
        ["qoe"] = summary.Qoe,
        ["bitrateMbps"] = summary.BitrateMbps,
        ["rebufferS"] = summary.RebufferSeconds,
        ["smoothnessMbps"] = summary.SmoothnessMbps,
        ["levels"] = summary.LevelString,
    };

    /// <summary>Means of one policy over sessions.</summary>
    public static JsonObject Of(string policy, IReadOnlyList<SessionSummary> sessions) => new()
    {
        ["policy"] = policy,
        ["sessions"] = sessions.Count,
        ["qoe"] = Mean(sessions, session => session.Qoe),
        ["bitrateMbps"] = Mean(sessions, session => session.BitrateMbps),
        ["rebufferS"] = Mean(sessions, session => session.RebufferSeconds),
        ["smoothnessMbps"] = Mean(sessions, session => session.SmoothnessMbps),
    };

    private static double? Mean(IReadOnlyList<SessionSummary> sessions, Func<SessionSummary, double> figure) =>
        sessions.Count == 0 ? null : sessions.Average(figure);
}
