using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// The slow copy of I-LoRA (Ren et al. 2024): after each step slow = a slow + (1 - a) fast with a = min(1 - 1 / (t + 1), limit), so the first step
/// copies the fast weights. It remembers what training on new data would forget.
/// </summary>
public sealed class SlowWeights : IDisposable
{
    private const double UsualLimit = 0.25;

    private readonly KeyValuePair<string, Tensor>[] fast;
    private readonly SortedDictionary<string, Tensor> slow = new(StringComparer.Ordinal);
    private readonly double limit;

    /// <param name="fast">What an optimiser changes, by name; only read.</param>
    /// <param name="limit">Largest a, in [0, 1).</param>
    public SlowWeights(IEnumerable<KeyValuePair<string, Tensor>> fast, double limit = UsualLimit)
    {
        ArgumentNullException.ThrowIfNull(fast);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(limit, 1);
        this.fast = [.. fast];
        this.limit = limit;
        foreach (var (name, value) in this.fast)
        {
            slow.Add(name, value.detach().clone().DetachFromDisposeScope());
        }
    }

    /// <summary>The slow values by name; they belong to this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => slow;

    /// <summary>Steps taken, t.</summary>
    public long Steps { get; private set; }

    /// <summary>Follows the fast weights; called after each step of the optimiser.</summary>
    public void Update()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weight = Math.Min(1 - (1.0 / (Steps + 1)), limit);
        Steps++;
        foreach (var (name, value) in fast)
        {
            slow[name].TimesInPlace(weight).PlusInPlace(value, 1 - weight);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in slow.Values)
        {
            tensor.Dispose();
        }
    }
}
