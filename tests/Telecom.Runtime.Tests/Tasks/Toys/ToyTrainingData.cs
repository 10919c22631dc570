using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>y = x0 + x1 + x2 on uniform x; mean square error, also as metric.</summary>
internal sealed class ToyTrainingData : ITrainingData
{
    private readonly Func<Tensor, TrainingPass, Tensor> predict;
    private readonly string defect;
    private readonly float[] inputs;

    public ToyTrainingData(TrainingContext context, Func<Tensor, TrainingPass, Tensor> predict)
    {
        this.predict = predict;
        defect = context.Settings.Text("defect");
        if (defect == "read")
        {
            throw new FormatException("unreadable");
        }

        Examples = context.Settings.Integer("examples", 0, 1000);
        var random = new Random(context.Seed);
        inputs = new float[(Examples + 8) * 3];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = (float)(random.NextDouble() - 0.5);
        }
    }

    public int Examples { get; }

    public string Description => $"{Examples} sums";

    public string Fingerprint => $"sums-{Examples}";

    public string MetricName => "mse";

    public Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        if (defect == "loss")
        {
            throw new InvalidOperationException("lossless");
        }

        if (defect == "base")
        {
            using var noGradient = no_grad();
            BaseToSpoil!.narrow(0, 0, 1).add_(1);
        }

        var batch = new float[examples.Length * 3];
        for (var row = 0; row < examples.Length; row++)
        {
            inputs.AsSpan(examples[row] * 3, 3).CopyTo(batch.AsSpan(row * 3));
        }

        return Error(batch, pass);
    }

    public double Validate(TrainingPass pass, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Error(inputs.AsSpan(Examples * 3), pass).item<float>();
    }

    public void Dispose()
    {
    }

    /// <summary>A weight of the base that the defect <c>base</c> writes to.</summary>
    [field: ThreadStatic]
    public static Tensor? BaseToSpoil { get; set; }

    private Tensor Error(ReadOnlySpan<float> rows, TrainingPass pass)
    {
        var x = tensor(rows.ToArray(), [rows.Length / 3, 3]);
        return predict(x, pass).squeeze(1).sub(x.sum(1)).square().mean();
    }
}
