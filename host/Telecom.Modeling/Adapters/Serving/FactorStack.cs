using Telecom.Modeling.Forward;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>The factors of a sequence of adapters on linear layers that share an input, stacked and padded with zeros to one rank.</summary>
internal sealed class FactorStack : IDisposable
{
    private static readonly int[] RankClasses = [8, 16, 32, 64];

    private readonly int[] slots;

    /// <param name="parts">One per adapter of the sequence.</param>
    /// <param name="group">The linear layers.</param>
    /// <param name="elementType">Type of the stacked tensors.</param>
    public FactorStack(ServedGroup[] parts, LinearGroup group, ScalarType elementType)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var members = group.Linears.Count;
        var (outputs, gains) = (new Tensor?[members], new Tensor?[members]);
        (B, Gains, slots) = (outputs, gains, new int[members]);
        HasOthers = parts.Any(part => part.Others.Any(other => other is not null));
        Rank = ClassOf(parts.Max(part => part.Rank));
        for (var i = 0; i < members; i++)
        {
            slots[i] = Targets;
            Targets += parts.Any(part => part.Linears[i] is not null) ? 1 : 0;
        }

        if (Targets == 0)
        {
            return;
        }

        var (count, inputs) = (parts.Length, group.Linears[0].Weight.shape[1]);
        Tensor Zeros(params long[] shape) => zeros(shape, elementType, group.Linears[0].Weight.device);
        var a = Zeros(count, Targets, Rank, inputs);
        for (var i = 0; i < members; i++)
        {
            if (parts.Any(part => part.Linears[i] is not null))
            {
                outputs[i] = StackOutputs(parts, i, a, Zeros(count, Rank, group.Linears[i].Outputs));
                gains[i] = StackGains(parts, i, Zeros(count, 1, group.Linears[i].Outputs));
            }
        }

        A = a.view(count, Targets * Rank, inputs).DetachFromDisposeScope();
        Transposed = A.transpose(1, 2).DetachFromDisposeScope();
    }

    /// <summary>[N, targets * R, i]; null when none of the adapters has factors here.</summary>
    public Tensor? A { get; }

    /// <summary>A view of <see cref="A"/>, [N, i, targets * R].</summary>
    public Tensor? Transposed { get; }

    /// <summary>Per linear layer [N, R, o]; null where no adapter has factors.</summary>
    public IReadOnlyList<Tensor?> B { get; }

    /// <summary>Per linear layer [N, 1, o]; null where every gain is one.</summary>
    public IReadOnlyList<Tensor?> Gains { get; }

    /// <summary>Linear layers that any adapter has factors for.</summary>
    public int Targets { get; }

    /// <summary>R: the largest rank, rounded up to its class.</summary>
    public int Rank { get; }

    /// <summary>Whether some adapter has a part here that is not low-rank.</summary>
    public bool HasOthers { get; }

    /// <summary>Bytes of the stacked tensors.</summary>
    public long Bytes => new[] { A }.Concat(B).Concat(Gains).Sum(tensor => tensor is null ? 0 : tensor.numel() * tensor.ElementSize);

    /// <summary>A rank rounded up to 8, 16, 32 or a multiple of 64; zero stays zero.</summary>
    public static int ClassOf(long rank)
    {
        var found = rank == 0 ? 0 : Array.Find(RankClasses, candidate => candidate >= rank);
        return found > 0 || rank == 0 ? found : (int)((rank + 63) / 64 * 64);
    }

    /// <returns>Place of a linear layer's rows of A: rows slot * R and following.</returns>
    public int Slot(int linear) => slots[linear];

    public void Dispose()
    {
        Transposed?.Dispose();
        A?.Dispose();
        foreach (var tensor in B.Concat(Gains))
        {
            tensor?.Dispose();
        }
    }

    // Fills one linear layer's rows of A and its B.
    private Tensor StackOutputs(ServedGroup[] parts, int linear, Tensor a, Tensor b)
    {
        for (var n = 0; n < parts.Length; n++)
        {
            if (parts[n].Linears[linear] is { } factors)
            {
                a.select(0, n).select(0, slots[linear]).narrow(0, 0, factors.Rank).copy_(parts[n].A!.narrow(0, factors.First, factors.Rank));
                b.select(0, n).narrow(0, 0, factors.Rank).copy_(factors.B);
            }
        }

        return b.DetachFromDisposeScope();
    }

    private static Tensor? StackGains(ServedGroup[] parts, int linear, Tensor gains)
    {
        if (Array.TrueForAll(parts, part => part.Linears[linear]?.Gain is null))
        {
            return null;
        }

        using TorchSharp.Scalar one = 1;
        gains.fill_(one);
        for (var n = 0; n < parts.Length; n++)
        {
            if (parts[n].Linears[linear]?.Gain is { } gain)
            {
                gains.select(0, n).select(0, 0).copy_(gain);
            }
        }

        return gains.DetachFromDisposeScope();
    }
}
