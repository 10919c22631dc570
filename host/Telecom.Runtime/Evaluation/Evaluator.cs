using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Evaluation;

/// <summary>Runs a task's benchmark over its methods and collects the report.</summary>
internal sealed class Evaluator<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task, string pluginFolder)
    where TIn : class
    where TOut : class
{
    private readonly CandidateLoader<TIn, TOut> loader = new(services, task);
    private readonly List<MethodReport> reports = [];
    private readonly List<(string Method, IReadOnlyList<GroupScore> Groups)> groups = [];

    public async Task<EvaluationReport> RunAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var benchmark = task.TypedBenchmark ?? throw new TelecomException(ErrorCode.NotFound, $"Task '{task.Id}' has no benchmark.");
        var split = request.Split ?? benchmark.Descriptor.DefaultSplit;
        var bounds = benchmark.Descriptor.Bounds;
        var candidates = await new CandidateFinder(services, task, pluginFolder).FindAsync(request, bounds).ConfigureAwait(false);
        var context = new BenchmarkContext
        {
            Source = DataSources.Resolve(services.Datasets, request.Data, benchmark.Descriptor.SampleDataset),
            Split = split,
            Settings = SettingValues.Create(benchmark.Descriptor.Settings, CandidateFinder.BenchmarkSettings(request)),
            Seed = request.Seed,
            Progress = progress,
        };
        var run = await benchmark.PrepareAsync(context, cancellationToken).ConfigureAwait(false);
        using var rows = CaseRowFile.Open(request.RowsPath, run.RowColumns, run.MethodColumn);
        foreach (var candidate in candidates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reports.Add(await ReportAsync(candidate, run, rows, progress, cancellationToken).ConfigureAwait(false));
        }

        foreach (var bound in CandidateFinder.Bounds(request, bounds))
        {
            reports.Add(ReportBound(bound, run, rows, progress, cancellationToken));
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

    private async Task<MethodReport> ReportAsync(
        Candidate candidate,
        IBenchmarkRun<TIn, TOut> run,
        CaseRowFile? rows,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var method = task.MethodDefinition(candidate.Method.Id);
        if (method.Analytic is null && candidate.Folder is null)
        {
            return candidate.Report(
                "untrained", $"no bundle for base '{candidate.Base}': run 'telecom train {task.Id} --method {candidate.Method.Id}'");
        }

        try
        {
            var model = await loader.LoadAsync(method, candidate).ConfigureAwait(false);
            try
            {
                var timed = new ExecutorMethod<TIn, TOut>(services.Executor, model);
                var score = run.Score(timed, rows?.Writer(candidate.Label), progress, cancellationToken);
                groups.Add((candidate.Label, score.Groups));
                return candidate.Report("ok") with { Metrics = score.Metrics, MicrosecondsPerCase = timed.MicrosecondsPerCase };
            }
            finally
            {
                await services.Executor.RunAsync(model.Dispose, CancellationToken.None).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // One method that fails must not take the other rows with it.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return candidate.Report("failed", MethodFault.Of(candidate.Method.Id, exception).Message);
        }
    }

    private MethodReport ReportBound(
        string bound, IBenchmarkRun<TIn, TOut> run, CaseRowFile? rows, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var report = new MethodReport { Method = bound, Kind = "bound", Status = "ok" };
        try
        {
            var score = run.ScoreBound(bound, rows?.Writer(bound), progress, cancellationToken);
            groups.Add((bound, score.Groups));
            return report with { Metrics = score.Metrics };
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return report with { Status = "failed", Reason = MethodFault.Of(bound, exception).Message };
        }
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
}
