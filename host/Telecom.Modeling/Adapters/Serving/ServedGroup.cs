using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>One adapter's factors on linear layers that share an input, in the element type of the base.</summary>
/// <remarks>Belongs to the adapter. Executor thread only.</remarks>
internal sealed class ServedGroup : IDisposable
{
    private ServedGroup(Tensor? a, ServedLinear?[] linears, AdaptedLinear?[] others)
    {
        A = a;
        Linears = linears;
        Others = others;
    }

    /// <summary>A of all low-rank members below each other, [Σr, i]: one product serves them all. Null when there is none.</summary>
    public Tensor? A { get; }

    /// <summary>The low-rank part per linear layer; null where there is none.</summary>
    public IReadOnlyList<ServedLinear?> Linears { get; }

    /// <summary>Adapters without such a form, per linear layer.</summary>
    public IReadOnlyList<AdaptedLinear?> Others { get; }

    /// <summary>Whether nothing is adapted here.</summary>
    public bool IsEmpty => A is null && Others.All(other => other is null);

    /// <summary>Largest rank.</summary>
    public long Rank => Linears.Max(linear => linear?.Rank ?? 0);

    public static ServedGroup Of(Adapter adapter, int layer, IReadOnlyList<string> targets, ScalarType elementType)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var linears = new ServedLinear?[targets.Count];
        var others = new AdaptedLinear?[targets.Count];
        var parts = new List<Tensor>(linears.Length);
        var first = 0L;
        for (var i = 0; i < linears.Length; i++)
        {
            var adapted = adapter.Linear(layer, targets[i]);
            if (adapted?.LowRank() is not { } factors)
            {
                others[i] = adapted;
                continue;
            }

            parts.Add(factors.A);
            linears[i] = new ServedLinear(first, factors.A.shape[0], Keep(factors.B.t()), factors.Gain is null ? null : Keep(factors.Gain));
            first += factors.A.shape[0];
        }

        return new ServedGroup(parts.Count == 0 ? null : Keep(cat([.. parts], 0)), linears, others);

        // A copy of its own, whatever the method handed out.
        Tensor Keep(Tensor values) =>
            values.detach().to(elementType).contiguous().clone().DetachFromDisposeScope();
    }

    public void Dispose()
    {
        A?.Dispose();
        foreach (var linear in Linears)
        {
            linear?.B.Dispose();
            linear?.Gain?.Dispose();
        }
    }
}
