using Telecom.Modeling.Bundles;
using Telecom.Runtime.Models;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Evaluation;

/// <summary>Runs a task's benchmark over its methods and collects the report.</summary>
internal sealed class Evaluator<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task, string pluginFolder)
    where TIn : class
    where TOut : class
{
    private const string BaseSetting = "base";
    private const string BundleSetting = "bundle";
    private const string Ablation = "ablation";

    private readonly List<MethodReport> reports = [];
    private readonly List<(string Method, IReadOnlyList<GroupScore> Groups)> groups = [];

    public async Task<EvaluationReport> RunAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var benchmark = task.TypedBenchmark ?? throw new TelecomException(ErrorCode.NotFound, $"Task '{task.Id}' has no benchmark.");
        var split = request.Split ?? benchmark.Descriptor.DefaultSplit;
        var candidates = Candidates(request);
        var run = await benchmark.PrepareAsync(
            new BenchmarkContext
            {
                Source = DataSources.Resolve(services.Datasets, request.Data, benchmark.Descriptor.SampleDataset),
                Split = split,
                Settings = SettingValues.Create(
                    benchmark.Descriptor.Settings,
                    request.Settings.Where(pair => pair.Key is not (BaseSetting or BundleSetting))),
                Seed = request.Seed,
                Progress = progress,
            },
            cancellationToken).ConfigureAwait(false);
        using var rows = CaseRowFile.Open(request.RowsPath, run.RowColumns);
        foreach (var candidate in candidates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ScoreAsync(candidate, run, rows, progress, cancellationToken).ConfigureAwait(false);
        }

        return new EvaluationReport
        {
            Task = task.Id,
            Data = request.Data ?? benchmark.Descriptor.SampleDataset,
            Split = split,
            Cases = run.Cases,
            Settings = run.Settings,
            Methods = reports,
            Groups = CollectGroups(),
            Notes = run.Notes,
        };
    }

    private List<Candidate> Candidates(EvaluationRequest request)
    {
        var names = request.Methods.Where(name => name is not ("all" or Ablation)).ToList();
        var chosen = names.Count == 0 ? task.Methods : [.. names.Select(task.Method)];
        var candidates = chosen.Select(method => new Candidate(method.Id, method, Locate(method, request))).ToList();
        if (request.Methods.Contains(Ablation))
        {
            candidates.AddRange(
                from method in task.Methods
                where method.Kind == MethodKind.Adapted
                from folder in BundleCatalog.Ablations(pluginFolder, method.Id)
                let card = Bundle.Open(folder).Card
                select new Candidate($"{method.Id}[base={card.Base}]", method, (folder, card.Base)));
        }

        return candidates;
    }

    // Bundle folder and base of a learned method. An explicit bundle wins; an explicit base finds the bundle that was trained on it.
    private (string? Folder, string Base) Locate(MethodDescriptor method, EvaluationRequest request)
    {
        var baseName = request.Settings.GetValueOrDefault(BaseSetting);
        var sharedBase = baseName ?? services.Options.Base;
        var explicitBundle = request.Settings.TryGetValue(BundleSetting, out var named)
            ? [named]
            : services.Options.Bundles;
        foreach (var folder in explicitBundle)
        {
            var card = Bundle.Open(folder).Card;
            if (card.Task == task.Id && card.Method == method.Id)
            {
                return (folder, sharedBase);
            }
        }

        var current = services.Bundles.Current(task.Id, pluginFolder, method.Id)?.Folder;
        if (baseName is null || method.Kind != MethodKind.Adapted || baseName == "shipped")
        {
            return (current, sharedBase);
        }

        return (BundleCatalog.Ablations(pluginFolder, method.Id).FirstOrDefault(folder => Bundle.Open(folder).Card.Base == baseName), sharedBase);
    }

    private async Task ScoreAsync(
        Candidate candidate, IBenchmarkRun<TIn, TOut> run, CaseRowFile? rows, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        MethodReport Report(string status, string? reason = null) => new()
        {
            Method = candidate.Label,
            Kind = candidate.Method.Kind.ToString().ToLowerInvariant(),
            Status = status,
            Reason = reason,
        };

        var method = task.MethodDefinition(candidate.Method.Id);
        if (method.Analytic is null && candidate.Source.Folder is null)
        {
            var how = $"no bundle for base '{candidate.Source.Base}': run 'telecom train {task.Id} --method {candidate.Method.Id}'";
            reports.Add(Report("untrained", how));
            return;
        }

        try
        {
            var model = method.Analytic is { } analytic
                ? new LoadedModel<TIn, TOut>(candidate.Method, analytic)
                : await LoadAsync(method, candidate.Source).ConfigureAwait(false);
            var timed = new ExecutorMethod<TIn, TOut>(services.Executor, model);
            try
            {
                var score = run.Score(timed, rows?.Writer(candidate.Label), progress, cancellationToken);
                groups.Add((candidate.Label, score.Groups));
                reports.Add(Report("ok") with { Metrics = score.Metrics, MicrosecondsPerCase = timed.MicrosecondsPerCase });
            }
            finally
            {
                await services.Executor.RunAsync(model.Dispose, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (TelecomException exception) when (method.Analytic is null)
        {
            // One bundle that does not fit must not take the other rows with it.
            reports.Add(Report("failed", exception.Message));
        }
    }

    private async Task<LoadedModel<TIn, TOut>> LoadAsync(MethodDefinition<TIn, TOut> method, (string? Folder, string Base) source)
    {
        var sharedBase = method.Descriptor.Kind == MethodKind.Adapted ? await services.Bases.GetAsync(source.Base).ConfigureAwait(false) : null;
        return await services.Loader.LoadAsync(method, Bundle.Open(source.Folder!), sharedBase, "evaluated").ConfigureAwait(false);
    }

    private List<GroupReport> CollectGroups() =>
        groups.SelectMany(entry => entry.Groups.Select(group => (entry.Method, Group: group)))
            .GroupBy(entry => entry.Group.Name)
            .Select(group => new GroupReport
            {
                Name = group.Key,
                Cases = group.First().Group.Cases,
                Methods = [.. group.Select(entry => new GroupMethodReport(entry.Method, entry.Group.Metrics))],
            })
            .ToList();

    private sealed record Candidate(string Label, MethodDescriptor Method, (string? Folder, string Base) Source);
}
