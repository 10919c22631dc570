using System.Globalization;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>Sixteen rows with different adapters in one forward, beside the plain base and beside what users write instead (adapters.md 8).</summary>
public sealed class AdaptersSuite : IMeasurementSuite
{
    private const int Long = 64;

    // One request of sixteen stands for all where each takes as long as the others.
    private const int MeasuredRequests = 4;

    /// <inheritdoc/>
    public string Name => "adapters";

    /// <inheritdoc/>
    public string Description => "mixed-adapter forwards of 16 rows by 64 tokens and by 1, against base only and the alternatives a user would write";

    /// <inheritdoc/>
    public IReadOnlyList<MeasurementTable> Run(IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        using var weights = BenchBase.Weights();
        var calibrated = CalibratedPaths.Measure(weights, TimeProvider.System);
        Scenario[] scenarios =
        [
            new("16 rows x 64 tokens, 16 adapters, r=8, all linear layers", Long, 16, 8, LinearTargets.Names, 0.93, WithAlternatives: true),
            new("16 rows x 64 tokens, 16 adapters, r=8, q and v", Long, 16, 8, BenchBase.QueryValue, 0.98),
            new("16 rows x 64 tokens, 4 adapters, r=8, all linear layers", Long, 4, 8, LinearTargets.Names),
            new("16 rows x 64 tokens, 16 adapters, r=64, all linear layers", Long, 16, 64, LinearTargets.Names),
            new("16 rows x 1 token, 16 adapters, r=8, all linear layers", 1, 16, 8, LinearTargets.Names, 0.85, WithAlternatives: true),
            new("16 rows x 1 token, 16 adapters, r=8, q and v", 1, 16, 8, BenchBase.QueryValue),
        ];
        return [.. scenarios.Select(scenario => Measure(scenario, weights, calibrated, progress, cancellationToken))];
    }

    private static MeasurementTable Measure(
        Scenario scenario, BaseWeights weights, IPathChooser calibrated, IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var adapters = BenchBase.Adapters(scenario.Adapters, scenario.Rank, scenario.Targets);
        var tokens = BenchBase.Tokens(scenario.Tokens);
        var (plain, mixed) = (BenchBase.Segments(tokens), BenchBase.Segments(tokens, adapters));
        var models = new List<BaseModel> { new(weights) };
        MeasuredCase Served(string name, IPathChooser paths, double? target = null)
        {
            var model = new BaseModel(weights, paths);
            models.Add(model);
            return new MeasuredCase(name, () => BenchBase.Forward(model, mixed), target);
        }

        var cases = new List<MeasuredCase>
        {
            new("base only", () => BenchBase.Forward(models[0], plain)),
            Served("mixed batch, calibrated", calibrated, scenario.Target),
            Served("mixed batch, gathered", new ForcedPath(ServingPath.Gathered)),
            Served("mixed batch, segmented", new ForcedPath(ServingPath.Segmented)),
            Served("mixed batch, masked", new ForcedPath(ServingPath.Masked)),
        };
        using var merging = scenario.WithAlternatives ? new MergeSwitch() : null;
        var loop = IndexListMethod.Over(adapters, IndexLists(scenario));
        var joined = new ForwardSegment[] { new(new Embeddings(cat(tokens, 0)), loop) };
        cases.Add(new MeasuredCase("loop over adapters with index lists", () => BenchBase.Forward(models[0], joined)));
        if (merging is not null)
        {
            cases.Add(new MeasuredCase("one request at a time", () => OneByOne(models[0], mixed)));
            cases.Add(new MeasuredCase("merge, run, unmerge per request", () => merging.Run(mixed[..MeasuredRequests]))
            {
                Share = (double)MeasuredRequests / BenchBase.Rows,
            });
        }

        var rounds = scenario.Tokens == 1 ? new InterleavedRounds(rounds: 15, repetitions: 3) : new InterleavedRounds(rounds: 5);
        var table = rounds.Measure(scenario.Name, cases, progress, cancellationToken);
        DisposeAll([loop, .. adapters]);
        models.ForEach(model => model.DisposeServing());
        return scenario.Tokens == 1 ? WithSpeedups(table) : table;
    }

    private static void OneByOne(BaseModel model, ForwardSegment[] segments)
    {
        foreach (var segment in segments)
        {
            BenchBase.Forward(model, [segment]);
        }
    }

    private static Tensor[] IndexLists(Scenario scenario) => [.. Enumerable.Range(0, scenario.Adapters).Select(adapter => tensor(
        Enumerable.Range(0, BenchBase.Rows * scenario.Tokens).Where(token => token / scenario.Tokens % scenario.Adapters == adapter)
            .Select(token => (long)token).ToArray()))];

    // Decoding is judged by what it gains over the alternatives, too.
    private static MeasurementTable WithSpeedups(MeasurementTable table)
    {
        var own = table.Rows[1].Ratio;
        return table with
        {
            Rows = [.. table.Rows.Select(row => row.Case.StartsWith("mixed", StringComparison.Ordinal) || row == table.Rows[0]
                ? row
                : row with { Note = string.Create(CultureInfo.InvariantCulture, $"mixed batch is {own / row.Ratio:0.00} x as fast") })],
        };
    }

    private static void DisposeAll(IEnumerable<Adapter> adapters)
    {
        foreach (var adapter in adapters)
        {
            adapter.Dispose();
        }
    }

    private sealed record Scenario(
        string Name, int Tokens, int Adapters, int Rank, IReadOnlyList<string> Targets, double? Target = null, bool WithAlternatives = false);
}
