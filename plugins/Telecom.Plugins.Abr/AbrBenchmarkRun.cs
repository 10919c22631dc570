using System.Globalization;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Hindsight;
using Telecom.Plugins.Abr.Methods;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr;

/// <summary>Sessions of some sets and videos, ready to be played by any number of methods.</summary>
internal sealed class AbrBenchmarkRun : IBenchmarkRun<AbrRequest, AbrDecision>
{
    private readonly SessionSet set;
    private readonly double? targetScale;
    private readonly int seed;
    private readonly double[] reference;

    public AbrBenchmarkRun(SessionSet set, RulePolicy against, double? targetScale, int seed, CancellationToken cancellationToken)
    {
        this.set = set;
        this.targetScale = targetScale;
        this.seed = seed;
        var played = BatchSimulation.Play(set, _ => against.Policy, seed, Environment.ProcessorCount, null, cancellationToken);
        reference = Array.ConvertAll(played, summary => summary.Qoe);
        Settings = Describe(against);
        Notes = Remark();
    }

    /// <summary>Whether learned policies draw their levels.</summary>
    public bool IsSampled { get; init; }

    public int Cases => set.Sessions.Count;

    public IReadOnlyDictionary<string, object> Settings { get; }

    public IReadOnlyList<string> Notes { get; }

    public IReadOnlyList<string> RowColumns => SessionRow.Columns;

    public string MethodColumn => SessionRow.PolicyColumn;

    public MethodScore Score(
        IMethod<AbrRequest, AbrDecision> method,
        Action<IReadOnlyList<string>>? row,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var sessions = set.Sessions.Select(spec => new PlaySession(spec, set.Profile, seed) { SampleSeed = IsSampled ? seed : null }).ToArray();
        SessionPlayer.Play(sessions, set.Profile, method, targetScale, progress, cancellationToken);
        return Summarise(Array.ConvertAll(sessions, session => session.Summarise()), row);
    }

    public MethodScore ScoreBound(
        string bound, Action<IReadOnlyList<string>>? row, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        using var planners = new ThreadLocal<HindsightPlanner>(() => new());
        var rules = RulePolicies.All.Select(rule => rule.Policy).ToArray();
        var played = BatchSimulation.Play(
            set with { Profile = set.Profile with { DelayNoise = 0, IsPublishedPlanner = false } },
            spec => new PlannedLevels(planners.Value!.Plan(spec, set.Profile, rules)),
            seed,
            Environment.ProcessorCount,
            progress,
            cancellationToken);
        return Summarise(played, row);
    }

    private MethodScore Summarise(SessionSummary[] played, Action<IReadOnlyList<string>>? row)
    {
        for (var i = 0; i < played.Length; i++)
        {
            if (!double.IsFinite(played[i].Qoe))
            {
                throw new TelecomException(
                    ErrorCode.PluginFault, $"The session on {set.Sessions[i].TraceName} has no finite QoE. The simulator is at fault, not the data.");
            }

            row?.Invoke(SessionRow.Of(set.Sessions[i], string.Empty, played[i]));
        }

        var scored = Indices(spec => spec.Set != AbrSettings.OutageSet);
        var groups = set.Sessions.Select(spec => (spec.Set, Video: spec.Video.Name)).Distinct()
            .Select(key => Group(key.Set, key.Video, played))
            .ToList();
        var metrics = scored.Count > 0 ? Metrics(played, scored) : SessionMetrics.Robust(played);
        return new(metrics, groups.Count > 1 ? groups : []);
    }

    private GroupScore Group(string name, string video, SessionSummary[] played)
    {
        var members = Indices(spec => spec.Set == name && spec.Video.Name == video);
        var metrics = name == AbrSettings.OutageSet ? SessionMetrics.Robust([.. members.Select(i => played[i])]) : Metrics(played, members);
        return new($"{name}/{video}", members.Count, metrics);
    }

    private Dictionary<string, double> Metrics(SessionSummary[] played, IReadOnlyList<int> members) =>
        SessionMetrics.Of([.. members.Select(i => played[i])], members.Select(i => reference[i]).ToArray(), seed);

    private List<int> Indices(Func<SessionSpec, bool> isMember) =>
        [.. Enumerable.Range(0, set.Sessions.Count).Where(i => isMember(set.Sessions[i]))];

    private Dictionary<string, object> Describe(RulePolicy against) => new(StringComparer.Ordinal)
    {
        [AbrSettings.Set] = string.Join(',', set.Sessions.Select(spec => spec.Set).Distinct()),
        [AbrSettings.Video] = string.Join(',', set.Sessions.Select(spec => spec.Video.Name).Distinct()),
        [AbrSettings.Compatibility] = set.Profile.IsPublishedPlanner ? "netllm" : "none",
        [AbrSettings.Noise] = set.Profile.DelayNoise,
        ["against"] = against.Name,
    };

    private List<string> Remark()
    {
        var notes = new List<string>(set.Notes) { "A case is a session; the time per case is that of one decision." };
        if (Indices(spec => spec.Set == AbrSettings.OutageSet).Count is var outages and > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{outages} sessions of {AbrSettings.OutageSet} count in no mean: no policy can play them."));
        }

        if (set.Profile.DelayNoise > 0)
        {
            notes.Add($"{AbrBenchmark.OfflineBound} is played without noise.");
        }

        return notes;
    }
}
