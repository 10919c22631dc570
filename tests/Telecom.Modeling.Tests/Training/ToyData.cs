using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

/// <summary>y = x0 - 2 x1 + 0.5 x2 + 1 on normal x; mean square error; examples are jittered while training.</summary>
internal sealed class ToyData(ToyModules modules, int examples = 24, string fingerprint = "toy") : ITrainingData
{
    public const int Inputs = 3;

    private const int Validation = 16;

    private readonly float[] inputs = Arrays.Normal(1, examples * Inputs);
    private readonly float[] validation = Arrays.Normal(2, Validation * Inputs);

    public int Examples => examples;

    public string Description => "toy regression";

    public string Fingerprint => fingerprint;

    public string MetricName => "mse";

    /// <summary>Deviation of the jitter, which comes from the pass' random source.</summary>
    public double Jitter { get; init; } = 0.01;

    /// <summary>Loss instead of the measured one, by number of the call.</summary>
    public Func<int, Tensor, Tensor> OnLoss { get; init; } = (_, loss) => loss;

    /// <summary>Metric instead of the measured one, by number of the call.</summary>
    public Func<int, double, double> OnValidate { get; init; } = (_, metric) => metric;

    public int LossCalls { get; private set; }

    public int ValidateCalls { get; private set; }

    public bool IsDisposed { get; private set; }

    public Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        var batch = new float[examples.Length * Inputs];
        for (var row = 0; row < examples.Length; row++)
        {
            for (var i = 0; i < Inputs; i++)
            {
                batch[(row * Inputs) + i] = inputs[(examples[row] * Inputs) + i] + (float)(Jitter * (pass.Random.NextDouble() - 0.5));
            }
        }

        return OnLoss(LossCalls++, SquareError(batch, pass));
    }

    public double Validate(TrainingPass pass, CancellationToken cancellationToken)
    {
        var metric = OnValidate(ValidateCalls++, SquareError(validation, pass).item<float>());
        cancellationToken.ThrowIfCancellationRequested();
        return metric;
    }

    public void Dispose() => IsDisposed = true;

    private Tensor SquareError(float[] rows, TrainingPass pass)
    {
        var x = tensor(rows, [rows.Length / Inputs, Inputs]);
        var y = x.matmul(tensor(new[] { 1f, -2f, 0.5f })).add(1);
        var tokens = modules.Encode(x);
        var hidden = pass.Backbone?.Forward(new Embeddings(tokens)) ?? tokens;
        return modules.Decode(hidden).sub(y).square().mean();
    }
}
