using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>What adapters cost that are loaded but not used, and what bfloat16 gains (adapters.md 8).</summary>
public sealed class ServingSuite : IMeasurementSuite
{
    private const int Long = 64;
    private const int Many = 256;
    private const int Rank = 8;

    /// <inheritdoc/>
    public string Name => "serving";

    /// <inheritdoc/>
    public string Description => "adapters that are loaded but unused, 16 against 256 registered, bfloat16 against float32";

    /// <inheritdoc/>
    public IReadOnlyList<MeasurementTable> Run(IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var weights = BenchBase.Weights();
        var chooser = CalibratedPaths.Measure(weights, TimeProvider.System);
        var tokens = BenchBase.Tokens(Long);
        return
        [
            Unused(weights, chooser, tokens, progress, cancellationToken),
            Registered(weights, chooser, tokens, progress, cancellationToken),
            .. HalfPrecision(weights, progress, cancellationToken),
        ];
    }

    private static MeasurementTable Unused(
        BaseWeights weights, IPathChooser chooser, Tensor[] tokens, IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        var (fresh, used) = (new BaseModel(weights, chooser), new BaseModel(weights, chooser));
        var plain = BenchBase.Segments(tokens);
        var adapters = BenchBase.Adapters(BenchBase.Rows, Rank, LinearTargets.Names);
        using (no_grad())
        {
            // Both times that it takes for the stacks to be there.
            BenchBase.Forward(used, BenchBase.Segments(tokens, adapters));
            BenchBase.Forward(used, BenchBase.Segments(tokens, adapters));
        }

        var table = new InterleavedRounds(rounds: 9).Measure(
            "16 rows x 64 tokens without adapter",
            [
                new("no adapter loaded", () => BenchBase.Forward(fresh, plain)),
                new("16 adapters loaded, none used", () => BenchBase.Forward(used, plain), 0.99),
            ],
            progress,
            cancellationToken);
        Release([fresh, used], adapters);
        return table;
    }

    private static MeasurementTable Registered(
        BaseWeights weights, IPathChooser chooser, Tensor[] tokens, IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        var (few, many) = (new BaseModel(weights, chooser), new BaseModel(weights, chooser));
        var others = BenchBase.Adapters(Many, Rank, BenchBase.QueryValue);
        var (first, second) = (others[..BenchBase.Rows], others[(Many / 2)..((Many / 2) + BenchBase.Rows)]);
        var table = new InterleavedRounds(rounds: 9).Measure(
            "16 rows x 64 tokens, 16 active adapters on q and v, r=8",
            [
                new("16 registered", () => BenchBase.Forward(few, BenchBase.Segments(tokens, first))),
                new("256 registered", () => BenchBase.Forward(many, BenchBase.Segments(tokens, second)), 0.97),
            ],
            progress,
            cancellationToken);
        Release([few, many], others);
        return table;
    }

    private static IEnumerable<MeasurementTable> HalfPrecision(
        BaseWeights weights, IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        using var halves = BenchBase.Weights();
        halves.Round(BasePrecision.BFloat16);
        var isSupported = PrecisionProbe.BFloat16Speedup(CPU, TimeProvider.System) >= PrecisionProbe.WorthwhileSpeedup;
        var (single, half) = (new BaseModel(weights), new BaseModel(halves, CalibratedPaths.Measure(halves, TimeProvider.System)));
        var adapters = BenchBase.Adapters(BenchBase.Rows, Rank, LinearTargets.Names);
        foreach (var length in new[] { Long, 1 })
        {
            var tokens = BenchBase.Tokens(length);
            var (plain, mixed) = (BenchBase.Segments(tokens), BenchBase.Segments(tokens, adapters));
            var rounds = length == 1 ? new InterleavedRounds(rounds: 15, repetitions: 3) : new InterleavedRounds(rounds: 7);
            yield return rounds.Measure(
                $"16 rows x {length} tokens, bfloat16 against float32",
                [
                    new("base only, float32", () => BenchBase.Forward(single, plain)),
                    new("base only, bfloat16", () => BenchBase.Forward(half, plain), isSupported && length == Long ? 2.5 : null),
                ],
                progress,
                cancellationToken);
            yield return rounds.Measure(
                $"16 rows x {length} tokens in bfloat16, 16 adapters, r=8, all linear layers",
                [
                    new("base only, bfloat16", () => BenchBase.Forward(half, plain)),
                    new("mixed batch, bfloat16", () => BenchBase.Forward(half, mixed), isSupported && length == 1 ? 0.70 : null),
                ],
                progress,
                cancellationToken);
        }

        Release([single, half], adapters);
    }

    private static void Release(IEnumerable<BaseModel> models, IEnumerable<Adapter> adapters)
    {
        foreach (var model in models)
        {
            model.DisposeServing();
        }

        foreach (var adapter in adapters)
        {
            adapter.Dispose();
        }
    }
}
