using Telecom.Sdk.Training;
using TorchSharp;

namespace Telecom.Sdk.Methods;

/// <summary>
/// A method with weights. One instance holds the weights of one bundle; it keeps no state between requests, so several versions can serve at once.
/// Derive from <see cref="NetworkMethod{TIn,TOut}"/> or <see cref="AdaptedMethod{TIn,TOut}"/>.
/// </summary>
/// <remarks>Instances are made, used and disposed on the executor thread, which is seeded before each construction.</remarks>
public abstract class LearnedMethod<TIn, TOut> : IDisposable
{
    /// <summary>Everything of this method that is trained apart from the adapter; its state is <c>modules.safetensors</c>.</summary>
    public abstract torch.nn.Module Modules { get; }

    /// <summary>Whether this method can answer <paramref name="request"/>; called before batching, on any thread, so it must not touch tensors.</summary>
    public virtual Suitability Examine(TIn request) => Suitability.Suitable;

    /// <summary>Requests with equal keys may share one batch, e.g. because their tensors have equal shapes. Called on any thread.</summary>
    public virtual long BatchKey(TIn request) => 0;

    /// <summary>Reads training and validation examples into plain arrays; may run on any thread and must not touch tensors.</summary>
    public abstract ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the modules.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Modules.Dispose();
        }
    }
}
