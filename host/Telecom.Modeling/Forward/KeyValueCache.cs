using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>
/// Keys and values of one group of rows, per layer, preallocated: [B, K, capacity, head]. Written in place; a cache that is full doubles.
/// </summary>
/// <remarks>Belongs to the request and lives between its forwards; made, used and disposed on the executor thread, for inference only.</remarks>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    // [B, capacity] bool, true where a stored token is real; null while no stored token is padding.
    private Tensor? real;

    /// <param name="configuration">Shape of the base.</param>
    /// <param name="rows">Rows B.</param>
    /// <param name="capacity">Tokens per row that fit without growing, at least 1.</param>
    /// <param name="device">Device of the base.</param>
    /// <param name="elementType">Element type of the base.</param>
    public KeyValueCache(
        BaseConfiguration configuration, long rows, int capacity, Device device, ScalarType elementType = ScalarType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Rows = rows;
        Capacity = capacity;
        long[] shape = [rows, configuration.KeyValueHeadCount, capacity, configuration.HeadSize];
        Tensor Allocate() => empty(shape, elementType, device).DetachFromDisposeScope();
        keys = [.. Enumerable.Range(0, configuration.LayerCount).Select(_ => Allocate())];
        values = [.. Enumerable.Range(0, configuration.LayerCount).Select(_ => Allocate())];
    }

    /// <summary>Rows B.</summary>
    public long Rows { get; }

    /// <summary>Tokens per row that are stored, padding included.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens per row that fit without growing.</summary>
    public int Capacity { get; private set; }

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
        Grow(Length + count);
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

    // All layers at the first one that needs room, before anything of this forward looks into them.
    private void Grow(long needed)
    {
        if (needed <= Capacity)
        {
            return;
        }

        using var scope = NewDisposeScope();
        Capacity = (int)Math.Max(needed, 2L * Capacity);
        for (var layer = 0; layer < keys.Length; layer++)
        {
            keys[layer] = Grown(keys[layer], 2);
            values[layer] = Grown(values[layer], 2);
        }

        real = real is null ? null : Grown(real, 1);
    }

    private Tensor Grown(Tensor old, int dimension)
    {
        var shape = old.shape;
        shape[dimension] = Capacity;

        // What is not marked as padding later counts as real.
        var grown = (old.dtype == @bool ? ones(shape, @bool, old.device) : empty(shape, old.dtype, old.device)).DetachFromDisposeScope();
        grown.narrow(dimension, 0, Length).copy_(old.narrow(dimension, 0, Length));
        old.Dispose();
        return grown;
    }
}
