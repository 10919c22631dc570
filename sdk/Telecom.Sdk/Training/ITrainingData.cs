using System.Collections.ObjectModel;
using TorchSharp;

namespace Telecom.Sdk.Training;

/// <summary>
/// Training and validation examples of one learned method, held as plain arrays. The trainer asks for losses of index batches, so a method is free
/// to train on windows, trajectories or simulated frames alike.
/// </summary>
/// <remarks><see cref="Loss"/> and <see cref="Validate"/> run on the executor thread; the trainer opens the dispose scopes.</remarks>
public interface ITrainingData : IDisposable
{
    /// <summary>Number of training examples in one epoch.</summary>
    int Examples { get; }

    /// <summary>Id of the dataset, its split and how many examples were kept and dropped, for the card.</summary>
    string Description { get; }

    /// <summary>SHA-256 of the training and validation examples, lower-case hex.</summary>
    string Fingerprint { get; }

    /// <summary>Name of the validation metric.</summary>
    string MetricName { get; }

    /// <summary>Whether the weights with the lowest validation metric are kept; false for those with the highest.</summary>
    bool LowerIsBetter => true;

    /// <summary>
    /// Settings of the method that the data decided, such as the range of a normaliser; they stand in <c>task.json</c> instead of what the run began with.
    /// </summary>
    IReadOnlyDictionary<string, string> MeasuredSettings => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Mean loss of a batch, a scalar that gradients flow back from.</summary>
    torch.Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass);

    /// <returns>The validation metric, computed exactly as the benchmark computes it.</returns>
    double Validate(TrainingPass pass, CancellationToken cancellationToken);
}
