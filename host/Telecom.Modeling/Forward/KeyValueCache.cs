using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Keys and values of one group of rows, per layer, preallocated: [B, K, capacity, head].</summary>
/// <remarks>Belongs to the request and lives between its forwards; made, used and disposed on the executor thread, for inference only.</remarks>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    // [B, capacity] bool, true where a stored token is real; null while no stored token is padding.
    private Tensor? real;

    /// <param name="configuration">Shape of the base.</param>
    /// <param name="rows">Rows B.</param>
    /// <param name="capacity">Tokens per row over all forwards.</param>
    /// <param name="device">Device of the base.</param>
    public KeyValueCache(BaseConfiguration configuration, long rows, int capacity, Device device)
    {
        Rows = rows;
        Capacity = capacity;
        long[] shape = [rows, configuration.KeyValueHeadCount, capacity, configuration.HeadSize];
        Tensor Allocate() => empty(shape, float32, device).DetachFromDisposeScope();
        keys = [.. Enumerable.Range(0, configuration.LayerCount).Select(_ => Allocate())];
        values = [.. Enumerable.Range(0, configuration.LayerCount).Select(_ => Allocate())];
    }

    /// <summary>Rows B.</summary>
    public long Rows { get; }

    /// <summary>Tokens per row that are stored, padding included.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens per row that fit.</summary>
    public int Capacity { get; }

    /// <summary>[B, <see cref="Length"/>] bool, true where a stored token is real; null when all are.</summary>
    internal Tensor? Real => real?.narrow(1, 0, Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values))
        {
            tensor.Dispose();
        }

        real?.Dispose();
    }

    /// <summary>Stores the new keys and values of one layer behind the old ones.</summary>
    /// <returns>Views of everything stored so far, [B, K, past + T, head].</returns>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor newKeys, Tensor newValues)
    {
        var count = newKeys.shape[2];
        keys[layer].narrow(2, Length, count).copy_(newKeys);
        values[layer].narrow(2, Length, count).copy_(newValues);
        return (keys[layer].narrow(2, 0, Length + count), values[layer].narrow(2, 0, Length + count));
    }

    /// <summary>Moves past the tokens of a finished forward.</summary>
    /// <param name="tokens">Tokens per row.</param>
    /// <param name="mask">[B, T] bool; null when none is padding.</param>
    internal void Advance(int tokens, Tensor? mask)
    {
        if (mask is not null)
        {
            real ??= ones([Rows, Capacity], @bool, mask.device).DetachFromDisposeScope();
            real.narrow(1, Length, tokens).copy_(mask);
        }

        Length += tokens;
    }
}
