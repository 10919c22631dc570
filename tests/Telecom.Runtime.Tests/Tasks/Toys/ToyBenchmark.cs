using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>Mean absolute difference to the sum, over cases with one to three steps.</summary>
internal sealed class ToyBenchmark : IBenchmark<ToyRequest, ToyAnswer>
{
    public BenchmarkDescriptor Descriptor { get; } = new(
        [new MetricDescriptor("mae", "", true, "mean |y - sum|")],
        [new SettingDescriptor("cases", "6", "number of cases"), new SettingDescriptor("mode", "", "misbehaviour of every case")],
        "test",
        "toy-sample");

    public ValueTask<IBenchmarkRun<ToyRequest, ToyAnswer>> PrepareAsync(BenchmarkContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IBenchmarkRun<ToyRequest, ToyAnswer>>(new Run(context));

    private sealed class Run(BenchmarkContext context) : IBenchmarkRun<ToyRequest, ToyAnswer>
    {
        private readonly string mode = context.Settings.Text("mode");

        public int Cases { get; } = context.Settings.Integer("cases", 1, 100);

        public IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object> { ["cases"] = Cases };

        public IReadOnlyList<string> Notes { get; } = [$"split {context.Split}, seed {context.Seed}, data {context.Source.DatasetId}"];

        public IReadOnlyList<string> RowColumns { get; } = ["case", "y"];

        public MethodScore Score(
            IMethod<ToyRequest, ToyAnswer> method,
            Action<IReadOnlyList<string>>? row,
            IProgress<ProgressReport>? progress,
            CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var requests = Enumerable.Range(0, Cases).Select(i => ToyRequest.Of(i, (i % 3) + 1, mode.Length == 0 ? null : mode)).ToArray();
            var answers = new ToyAnswer[Cases];
            method.Predict(requests, answers);
            for (var i = 0; i < Cases; i++)
            {
                row?.Invoke([$"{i}", FormattableString.Invariant($"{answers[i].Y[0]:F3}, rounded")]);
            }

            progress?.Report(new ProgressReport("scoring", Cases, Cases));
            var error = Enumerable.Range(0, Cases).Average(i => Math.Abs(answers[i].Y[0] - requests[i].X.Sum()));
            return new MethodScore(
                new Dictionary<string, double> { ["mae"] = error },
                [new GroupScore("first", 1, new Dictionary<string, double> { ["mae"] = Math.Abs(answers[0].Y[0] - requests[0].X.Sum()) })]);
        }
    }
}
