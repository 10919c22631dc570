using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Serving;

/// <summary>One method version that serves: lets requests in until it is closed, and knows when the last one is done.</summary>
internal abstract class Lane(string name)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int requests;

    /// <summary>Task and method, for messages and fair shares.</summary>
    public string Name => name;

    /// <summary>Limits of its own batches; null for those of the host.</summary>
    public BatchLimits? Limits { get; init; }

    /// <summary>Whether new requests are refused.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Counts a request that waits or runs.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.PluginUnavailable"/>: the lane is closed.</exception>
    public void Enter()
    {
        lock (gate)
        {
            if (IsClosed)
            {
                throw new TelecomException(ErrorCode.PluginUnavailable, $"Method '{name}' is being unloaded or replaced: try again.");
            }

            requests++;
        }
    }

    /// <summary>Counts a request that is done.</summary>
    public void Leave()
    {
        lock (gate)
        {
            requests--;
            SettleIfIdle();
        }
    }

    /// <summary>Refuses new requests; ends when every one that was accepted is done.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            IsClosed = true;
            SettleIfIdle();
        }

        return idle.Task;
    }

    /// <summary>A batch of requests of this lane with one <see cref="QueueKey"/>.</summary>
    public abstract RunningBatch Form(IReadOnlyList<QueuedRequest> batch);

    private void SettleIfIdle()
    {
        if (IsClosed && requests == 0)
        {
            idle.TrySetResult();
        }
    }
}

/// <inheritdoc cref="Lane"/>
/// <param name="model">The method.</param>
/// <param name="name">Task and method; null names the method alone.</param>
internal sealed class Lane<TIn, TOut>(LoadedModel<TIn, TOut> model, string? name = null) : Lane(name ?? model.Descriptor.Id)
    where TIn : class
    where TOut : class
{
    public LoadedModel<TIn, TOut> Model => model;

    /// <summary>Told when code of the plugin runs; null where nobody watches it.</summary>
    public PluginPulse? Pulse { get; init; }

    public override RunningBatch Form(IReadOnlyList<QueuedRequest> batch) =>
        new LaneBatch<TIn, TOut>(this, [.. batch.Cast<QueuedRequest<TIn, TOut>>()]);
}
