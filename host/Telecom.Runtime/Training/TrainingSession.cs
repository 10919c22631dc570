using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Training;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Plugins;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Training;

/// <summary>Trains one learned method and writes its bundle.</summary>
internal sealed class TrainingSession<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task)
    where TIn : class
    where TOut : class
{
    private const string BaseSetting = "base";
    private const string BaseFingerprintSetting = "base-fingerprint";

    public async Task<TrainingReport> RunAsync(
        TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var method = LearnedMethod(request);
        var folder = Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(request.OutputDirectory ?? services.Bundles.Next(task.Id, request.Method)));
        BundleWriter.RequireVacant(folder);
        var settings = SettingValues.Create(method.Descriptor.Settings, request.Settings.Where(pair => pair.Key != BaseSetting));
        var options = TrainingOptions.From(settings);
        var sharedBase = method.Descriptor.Kind == MethodKind.Adapted
            ? await services.Bases.GetAsync(request.Settings.GetValueOrDefault(BaseSetting) ?? services.Options.Base).ConfigureAwait(false)
            : null;
        using var claim = TrainingClaim.Take(folder);
        var (learned, adapter) = await services.Executor
            .RunAsync(() => services.Loader.Build(method, settings, sharedBase, request.Seed), cancellationToken).ConfigureAwait(false);
        ITrainingData? data = null;
        try
        {
            data = await ReadDataAsync(request, learned, settings, progress, cancellationToken).ConfigureAwait(false);
            adapter ??= await MeasureAsync(learned, sharedBase, data, options, request.Seed, cancellationToken).ConfigureAwait(false);
            var run = new TrainingRun
            {
                Modules = learned.Modules,
                Adapter = adapter,
                Backbone = sharedBase?.Backbone(adapter),
                Data = data,
                Options = options,
                Seed = request.Seed,
                Settings = Identity(settings, sharedBase),
                CheckpointDirectory = folder + ".checkpoint",
                Resume = request.Resume,
            };
            var outcome = await Trainer.RunAsync(services.Executor, run, progress, cancellationToken).ConfigureAwait(false);
            var report = await services.Executor
                .RunAsync(() => Write(request, folder, settings, run, sharedBase, outcome), CancellationToken.None).ConfigureAwait(false);
            Directory.Delete(run.CheckpointDirectory, recursive: true);
            return report;
        }
        finally
        {
            await services.Executor.RunAsync(
                () =>
                {
                    data?.Dispose();
                    learned.Dispose();
                    adapter?.Dispose();
                },
                CancellationToken.None).ConfigureAwait(false);
        }
    }

    private MethodDefinition<TIn, TOut> LearnedMethod(TrainingRequest request)
    {
        var method = task.MethodDefinition(request.Method);
        var learned = task.Methods.Where(candidate => candidate.Kind != MethodKind.Analytic).Select(candidate => candidate.Id).ToList();
        return method.Create is not null
            ? method
            : throw new TelecomException(
                ErrorCode.InvalidInput,
                $"Method '{request.Method}' is analytic: there is nothing to train. Learned methods of '{task.Id}': "
                + $"{(learned.Count == 0 ? "none" : string.Join(", ", learned))}.");
    }

    private async Task<ITrainingData> ReadDataAsync(
        TrainingRequest request,
        LearnedMethod<TIn, TOut> learned,
        SettingValues settings,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var context = new TrainingContext
        {
            Source = DataSources.Resolve(services.Datasets, request.Data, task.Benchmark?.SampleDataset),
            Settings = settings,
            Seed = request.Seed,
            Progress = progress,
        };
        try
        {
            return new GuardedTrainingData(
                request.Method, await learned.ReadTrainingDataAsync(context, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw MethodFault.Of(request.Method, exception);
        }
    }

    /// <summary>Builds an adapter that starts from measurements of the data, batch by batch so that serving has its turns.</summary>
    /// <returns>Null for methods without adapter, and on no base.</returns>
    private async Task<Adapter?> MeasureAsync(
        LearnedMethod<TIn, TOut> learned,
        SharedBase? sharedBase,
        ITrainingData data,
        TrainingOptions options,
        int seed,
        CancellationToken cancellationToken)
    {
        if (learned is not AdaptedMethod<TIn, TOut> adapted || sharedBase?.Model is not { } model)
        {
            return null;
        }

        var start = await services.Executor
            .RunAsync(() => new MeasuredStart(adapted.Adapter, model, data, options, seed), cancellationToken).ConfigureAwait(false);
        try
        {
            while (await services.Executor.RunAsync(start.Advance, cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await services.Executor.RunAsync(start.Finish, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await services.Executor.RunAsync(start.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // What a checkpoint must agree on before it is continued.
    private static Dictionary<string, string> Identity(SettingValues settings, SharedBase? sharedBase) =>
        new(settings.Pairs) { [BaseFingerprintSetting] = sharedBase?.Fingerprint ?? SharedBase.NoneName };

    private TrainingReport Write(
        TrainingRequest request, string folder, SettingValues settings, TrainingRun run, SharedBase? sharedBase, TrainingOutcome outcome)
    {
        CheckBaseUnchanged(sharedBase);
        var card = Card(request, run, sharedBase, outcome);
        var measured = SettingValues.Create(settings.Descriptors, settings.Pairs.Concat(run.Data.MeasuredSettings));
        BundleWriter.Write(folder, new BundleContents(card, measured, run.Modules, run.Adapter));
        return new TrainingReport
        {
            Task = task.Id,
            Method = request.Method,
            Bundle = folder,
            Base = card.Base,
            TrainableParameters = card.ModuleParameters + card.AdapterParameters,
            Examples = run.Data.Examples,
            BestEpoch = outcome.BestEpoch,
            Metrics = card.Metrics,
            Seconds = outcome.Seconds,
            ExamplesPerSecond = outcome.ExamplesPerSecond,
        };
    }

    private BundleCard Card(TrainingRequest request, TrainingRun run, SharedBase? sharedBase, TrainingOutcome outcome) => new()
    {
        Task = task.Id,
        Method = request.Method,
        Contract = SdkContract.Version,
        Base = sharedBase?.Name ?? SharedBase.NoneName,
        BaseFingerprint = sharedBase?.Fingerprint,
        Data = run.Data.Description,
        DataFingerprint = run.Data.Fingerprint,
        Seed = request.Seed,
        Command = request.Command,
        Metrics = new Dictionary<string, double>
        {
            ["valid_" + run.Data.MetricName] = outcome.BestMetric,
            ["valid_" + run.Data.MetricName + "_untrained"] = outcome.InitialMetric,
            ["train_loss"] = outcome.FinalLoss,
            ["best_epoch"] = outcome.BestEpoch,
            ["steps"] = outcome.Steps,
        },
        Curve = outcome.Curve,
        Licence = "MIT; the training data keep their own licence",
        CreatedAt = services.Time.GetUtcNow(),
        ModuleParameters = run.Modules.parameters().Sum(parameter => parameter.numel()),
        AdapterParameters = run.Adapter?.ParameterCount ?? 0,
    };

    // The base is shared by every task of the host: a run that changed it must never produce a bundle.
    private static void CheckBaseUnchanged(SharedBase? sharedBase)
    {
        if (sharedBase?.Model is { } model && model.Weights.RecomputeFingerprint() != model.Fingerprint)
        {
            throw new TelecomException(
                ErrorCode.PluginFault,
                $"Training changed the shared base '{model.Name}': the method must not write to it. No bundle was written.");
        }
    }
}
