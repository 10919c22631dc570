using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Methods;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr;

/// <summary>The published streaming evaluation: one session per trace and video, scored on all chunks but the first.</summary>
internal sealed class AbrBenchmark : IBenchmark<AbrRequest, AbrDecision>
{
    /// <summary>Name of the plan that knows the trace.</summary>
    public const string OfflineBound = "offline-bound";

    private const string Against = "against";
    private const string TargetScale = "target-scale";
    private const string Sample = "sample";

    public BenchmarkDescriptor Descriptor { get; } = new(
        SessionMetrics.All,
        [
            .. AbrSettings.Data,
            .. AbrSettings.Profile,
            new SettingDescriptor(Against, RulePolicies.Reference, "rule policy that qoe_gain compares with"),
            new SettingDescriptor(TargetScale, "default", "target return of return-conditioned policies as a multiple of the best they saw"),
            new SettingDescriptor(Sample, "false", "true: learned policies draw levels by their probabilities, with the run's seed, instead of the likeliest"),
        ],
        DefaultSplit: SessionLoader.TestSplit,
        SessionLoader.SampleDataset)
    {
        Bounds = [OfflineBound],
    };

    public async ValueTask<IBenchmarkRun<AbrRequest, AbrDecision>> PrepareAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        context.Progress?.Report(new("reading traces", 0, 0));
        var against = RulePolicies.Get(context.Settings.Text(Against));
        double? targetScale = context.Settings.Text(TargetScale) == "default" ? null : context.Settings.Number(TargetScale, 0, 100);
        var set = await SessionLoader.ReadAsync(context.Source, context.Split, context.Settings, context.Seed, cancellationToken).ConfigureAwait(false);
        return new AbrBenchmarkRun(set, against, targetScale, context.Seed, cancellationToken) { IsSampled = context.Settings.Flag(Sample) };
    }
}
