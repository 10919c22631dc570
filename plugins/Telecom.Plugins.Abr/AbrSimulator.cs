using System.Text.Json.Nodes;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Hindsight;
using Telecom.Plugins.Abr.Methods;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Scenarios;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Simulation;

namespace Telecom.Plugins.Abr;

/// <summary>
/// Plays sessions: one per scenario file with all of its steps, or without a scenario every session of some sets; and collects experience pools of them.
/// </summary>
internal sealed class AbrSimulator : ISimulator<AbrRequest, AbrDecision>
{
    private const string PoolFileSetting = "pool";

    public SimulatorDescriptor Descriptor { get; } = new(
        "Sessions of a player over bandwidth traces. A scenario holds trace, video and, if wanted, startPointer, policy and levels (a replay); a folder "
        + "means all its *.json. Without a scenario every session of set and video is played with each policy of --policy a,b. Policies: the methods, "
        + $"fixedN and {AbrBenchmark.OfflineBound}; for pools also {BehaviourSpec.Hindsight}, uniform and mixtures such as mpc~uniform:0.1.",
        [
            .. AbrSettings.Data,
            .. AbrSettings.Profile,
            new SettingDescriptor(PoolFileSetting, string.Empty, "file that receives an experience pool of the policies instead of a report"),
            new SettingDescriptor("starts", "4", "pool: starts per trace, that of the data set and random ones"),
            new SettingDescriptor("floor", "0.01", "pool: quantile of the rewards that lower ones are raised to; 0 for no floor"),
        ]);

    public async ValueTask<JsonObject> RunAsync(SimulationContext<AbrRequest, AbrDecision> context, CancellationToken cancellationToken)
    {
        if (context.Scenario is not { } scenario)
        {
            return await PlaySetAsync(context, cancellationToken).ConfigureAwait(false);
        }

        if (!Directory.Exists(scenario))
        {
            return File.Exists(scenario)
                ? await PlayScenarioAsync(scenario, context, cancellationToken).ConfigureAwait(false)
                : throw new TelecomException(ErrorCode.NotFound, $"The scenario '{scenario}' does not exist.");
        }

        var results = new JsonArray();
        foreach (var path in Directory.EnumerateFiles(scenario, "*.json").Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = await PlayScenarioAsync(path, context, cancellationToken).ConfigureAwait(false);
            result.Insert(0, "scenario", Path.GetFileName(path));
            results.Add((JsonNode)result);
        }

        return new() { ["scenarios"] = results };
    }

    private static async ValueTask<JsonObject> PlayScenarioAsync(
        string path, SimulationContext<AbrRequest, AbrDecision> context, CancellationToken cancellationToken)
    {
        var profile = AbrSettings.ReadProfile(context.Settings);
        var scenario = await Scenario.ReadAsync(path, context.Source, context.Settings, cancellationToken).ConfigureAwait(false);
        var session = new PlaySession(scenario.Session, profile, context.Seed);
        if (scenario.Levels is { } levels && context.Policy is null)
        {
            foreach (var level in levels)
            {
                session.Step(level);
            }

            return SessionJson.Of(session, "replay");
        }

        var policy = context.Policy ?? scenario.Policy ?? RulePolicies.Reference;
        await PlayAsync([session], policy, profile, context, cancellationToken).ConfigureAwait(false);
        return SessionJson.Of(session, policy);
    }

    private static async ValueTask<JsonObject> PlaySetAsync(SimulationContext<AbrRequest, AbrDecision> context, CancellationToken cancellationToken)
    {
        var policies = (context.Policy ?? RulePolicies.Reference).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var set = await SessionLoader.ReadAsync(context.Source, SessionLoader.TestSplit, context.Settings, context.Seed, cancellationToken)
            .ConfigureAwait(false);
        if (context.Settings.Text(PoolFileSetting) is { Length: > 0 } poolPath)
        {
            return Collect(poolPath, policies, set, context, cancellationToken);
        }

        var (rows, summaries) = (new JsonArray(), new JsonArray());
        foreach (var policy in policies)
        {
            var sessions = set.Sessions.Select(spec => new PlaySession(spec, set.Profile, context.Seed)).ToArray();
            await PlayAsync(sessions, policy, set.Profile, context, cancellationToken).ConfigureAwait(false);
            var played = Array.ConvertAll(sessions, session => session.Summarise());
            for (var i = 0; i < played.Length; i++)
            {
                rows.Add((JsonNode)SessionJson.Of(set.Sessions[i], policy, played[i]));
            }

            var scored = played.Where((_, i) => set.Sessions[i].Set != AbrSettings.OutageSet).ToList();
            summaries.Add((JsonNode)SessionJson.Of(policy, scored));
        }

        return new()
        {
            ["sessions"] = rows,
            ["summary"] = summaries,
            ["notes"] = new JsonArray([.. set.Notes.Select(note => (JsonNode)note)]),
        };
    }

    private static JsonObject Collect(
        string path, string[] policies, SessionSet set, SimulationContext<AbrRequest, AbrDecision> context, CancellationToken cancellationToken)
    {
        if (set.Sessions.Select(spec => spec.Set).Distinct().Skip(1).Any())
        {
            throw new TelecomException(ErrorCode.InvalidInput, $"A pool is collected from one set of traces: give --set {AbrSettings.Set}=train.");
        }

        var plan = new PoolPlan
        {
            Behaviours = [.. policies.Select(policy => new BehaviourSpec(policy))],
            StartsPerTrace = context.Settings.Integer("starts", 1, 10_000),
            Seed = context.Seed,
            FloorQuantile = context.Settings.Number("floor", 0, 0.5),
        };
        var links = set.Sessions.Select(spec => spec.Timeline).Distinct().ToList();
        var videos = set.Sessions.Select(spec => spec.Video).Distinct().ToList();
        var pool = PoolCollector.Collect(plan, links, videos, set.Profile, context.Progress, cancellationToken);
        PoolFile.Write(path, pool);
        var scale = ReturnToGo.Of(pool.Rewards, pool.Done, ReturnScaling.Reference);
        return new()
        {
            ["pool"] = path,
            ["records"] = pool.Count,
            ["sources"] = new JsonArray([.. pool.Sources.Select(source => (JsonNode)new JsonObject
            {
                ["policy"] = source.Policy,
                ["video"] = source.Video,
                ["records"] = source.Records,
            })]),
            ["rewardFloor"] = pool.RewardFloor,
            ["minReward"] = scale.MinReward,
            ["maxReward"] = scale.MaxReward,
            ["maxReturn"] = scale.MaxReturn,
        };
    }

    private static async ValueTask PlayAsync(
        PlaySession[] sessions,
        string policy,
        AbrProfile profile,
        SimulationContext<AbrRequest, AbrDecision> context,
        CancellationToken cancellationToken)
    {
        if (policy is AbrBenchmark.OfflineBound or BehaviourSpec.Hindsight)
        {
            var planner = new HindsightPlanner();
            for (var i = 0; i < sessions.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var plan = planner.Plan(sessions[i].Spec, profile, RulePolicies.All.Select(rule => rule.Policy));
                sessions[i].Play(new PlannedLevels(plan));
                context.Progress?.Report(new("playing", i + 1, sessions.Length));
            }

            return;
        }

        var method = RulePolicies.TryGet(policy)?.Method ?? await context.Methods.GetAsync(policy, cancellationToken).ConfigureAwait(false);
        SessionPlayer.Play(sessions, profile, method, null, context.Progress, cancellationToken);
    }
}
