using Telecom.Runtime.Serving;
using Telecom.Sdk.Training;
using TorchSharp;

namespace Telecom.Runtime.Training;

/// <summary>Training data of a plugin; whatever its code throws becomes a failure that names the method.</summary>
internal sealed class GuardedTrainingData(string method, ITrainingData data) : ITrainingData
{
    public int Examples => data.Examples;

    public string Description => data.Description;

    public string Fingerprint => data.Fingerprint;

    public string MetricName => data.MetricName;

    public bool LowerIsBetter => data.LowerIsBetter;

    public IReadOnlyDictionary<string, string> MeasuredSettings => data.MeasuredSettings;

    public torch.Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        try
        {
            return data.Loss(examples, pass);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw MethodFault.Of(method, exception);
        }
    }

    public double Validate(TrainingPass pass, CancellationToken cancellationToken)
    {
        try
        {
            return data.Validate(pass, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw MethodFault.Of(method, exception);
        }
    }

    public void Dispose() => data.Dispose();
}
