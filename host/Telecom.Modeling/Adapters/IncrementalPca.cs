using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Incremental principal component analysis (Ross et al. 2008): after each batch the components of everything seen come from the SVD of the old
/// components times their singular values, the centred batch, and one row for the shift of the mean.
/// </summary>
/// <remarks>Float64 throughout. Executor thread only.</remarks>
public sealed class IncrementalPca : IDisposable
{
    private readonly int wanted;
    private Tensor? components;
    private Tensor? singularValues;
    private Tensor? mean;
    private Tensor? squares;
    private long seen;

    /// <param name="components">Components to keep, at least 1.</param>
    public IncrementalPca(int components)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        wanted = components;
    }

    /// <summary>Rows seen.</summary>
    public long Rows => seen;

    /// <summary>Right singular vectors of the centred rows, [k, i], largest first; null before the first batch.</summary>
    public Tensor? Components => components;

    /// <summary>Their singular values, [k].</summary>
    public Tensor? SingularValues => singularValues;

    /// <summary>Cosine of each component with the one of the batch before; empty until there are two.</summary>
    public IReadOnlyList<double> Cosines { get; private set; } = [];

    /// <summary>Share of each component in the total variance.</summary>
    public IReadOnlyList<double> ExplainedVarianceRatios()
    {
        if (singularValues is null || seen < 2)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var total = squares!.sum().item<double>();
        return total > 0 ? [.. singularValues.Squared().Over(total).data<double>().ToArray()] : [.. new double[singularValues.shape[0]]];
    }

    /// <summary>Takes another batch into account.</summary>
    /// <param name="rows">[n, i].</param>
    /// <returns>False when the batch has fewer rows than components and was skipped.</returns>
    public bool Add(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var count = rows.shape[0];
        if (count < wanted)
        {
            return false;
        }

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var batch = rows.detach().cpu().to(float64);
        var batchMean = batch.mean([0]);
        var centred = batch.sub(batchMean);
        var (newMean, newSquares, stacked) = (batchMean, centred.Squared().sum([0]), centred);
        if (components is not null)
        {
            var shift = mean!.sub(batchMean);
            var total = seen + count;
            var weight = (double)seen * count / total;
            newMean = mean.Times((double)seen / total).Plus(batchMean.Times((double)count / total));
            newSquares = squares!.Plus(newSquares).Plus(shift.Squared().Times(weight));
            stacked = cat([components.mul(singularValues!.unsqueeze(1)), centred, shift.Times(Math.Sqrt(weight)).unsqueeze(0)], 0);
        }

        var (_, s, vt) = linalg.svd(stacked, fullMatrices: false);
        var kept = Math.Min(wanted, vt.shape[0]);
        var next = WithSigns(vt.narrow(0, 0, kept));
        Cosines = components is null || components.shape[0] != kept ? [] : [.. components.mul(next).sum(1).data<double>().ToArray()];
        Replace(next, s.narrow(0, 0, kept), newMean, newSquares);
        seen += count;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        components?.Dispose();
        singularValues?.Dispose();
        mean?.Dispose();
        squares?.Dispose();
    }

    // A singular vector is known up to its sign; the entry of largest magnitude becomes positive.
    private static Tensor WithSigns(Tensor vectors)
    {
        var largest = vectors.abs().argmax(1, keepdim: true);
        return vectors.mul(vectors.gather(1, largest).sign());
    }

    private void Replace(Tensor nextComponents, Tensor nextValues, Tensor nextMean, Tensor nextSquares)
    {
        Dispose();
        components = nextComponents.contiguous().clone().DetachFromDisposeScope();
        singularValues = nextValues.contiguous().clone().DetachFromDisposeScope();
        mean = nextMean.clone().DetachFromDisposeScope();
        squares = nextSquares.clone().DetachFromDisposeScope();
    }
}
