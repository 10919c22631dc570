using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>y += s S x with trained values at fixed places of S, see <see cref="ShiraMethod"/>.</summary>
internal sealed class ShiraLinear : AdaptedLinear
{
    private readonly LinearSite site;
    private readonly Tensor values;
    private readonly Tensor indices;
    private readonly double dropout;
    private double scale = 1;
    private Tensor? positions;
    private Served? served;

    /// <param name="site">The layer.</param>
    /// <param name="settings">Dropout.</param>
    /// <param name="positions">Places row i + column, ascending.</param>
    public ShiraLinear(LinearSite site, LinearSettings settings, long[] positions)
    {
        this.site = site with { Weight = null, Bias = null };
        dropout = settings.Dropout;
        values = Trainable(ShiraMethod.NameValues, zeros(positions.Length), site);
        using var scope = NewDisposeScope();
        indices = Constant(ShiraMethod.NameIndices, Indices(positions), site);
    }

    /// <summary>s, one unless it is set while serving.</summary>
    public double Scale
    {
        get => scale;
        set
        {
            scale = value;
            Refresh();
        }
    }

    /// <summary>Places row i + column, ascending, [n] int64.</summary>
    internal Tensor Positions
    {
        get
        {
            if (positions is null)
            {
                using var scope = NewDisposeScope();
                var wide = indices.to(int64);
                positions = wide[0].Times((long)site.Inputs).Plus(wide[1]).DetachFromDisposeScope();
            }

            return positions;
        }
    }

    protected override Tensor Compute(Tensor x, Tensor? y, bool training)
    {
        var input = Dropped(x, dropout, training);
        if (is_grad_enabled())
        {
            return nn.functional.linear(input, Change());
        }

        served ??= new Served(indices, values, scale, site);
        return served.Apply(input);
    }

    public override Tensor DeltaWeight()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return Change().MoveToOuterDisposeScope();
    }

    public override void Refresh()
    {
        served?.Dispose();
        served = null;
    }

    public override void Accept()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        positions?.Dispose();
        positions = null;
        Refresh();
        var (rows, columns) = (indices[0].cpu().contiguous().data<int>().ToArray(), indices[1].cpu().contiguous().data<int>().ToArray());
        if (rows.Any(row => row < 0 || row >= site.Outputs) || columns.Any(column => column < 0 || column >= site.Inputs))
        {
            throw Invalid($"points outside of its weight of {site.Outputs} by {site.Inputs}");
        }

        long[] places = [.. rows.Zip(columns, (row, column) => (long)row * site.Inputs + column)];
        int[] order = [.. Enumerable.Range(0, places.Length).OrderBy(i => places[i])];
        long[] sorted = [.. order.Select(i => places[i])];
        if (sorted.Zip(sorted.Skip(1)).Any(pair => pair.First == pair.Second))
        {
            throw Invalid("names a weight twice");
        }

        indices.copy_(Indices(sorted));
        values.copy_(values.index_select(0, tensor(order, int64, device: values.device)));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        positions?.Dispose();
        Refresh();
    }

    private Tensor Change() =>
        zeros([(long)site.Outputs * site.Inputs], values.dtype, values.device).scatter(0, Positions, values.Times(scale))
            .view(site.Outputs, site.Inputs);

    private Tensor Indices(long[] places) => stack(
    [
        tensor([.. places.Select(place => (int)(place / site.Inputs))], int32),
        tensor([.. places.Select(place => (int)(place % site.Inputs))], int32),
    ]);

    private TelecomException Invalid(string problem) =>
        new(ErrorCode.BundleInvalid, $"Tensor '{ShiraMethod.NameIndices}' of {site.Path} {problem}.");

    /// <summary>s S as serving needs it.</summary>
    private sealed class Served : IDisposable
    {
        // Below it, building the sparse product costs more than it saves (measured at o, i from 512 to 1408 with n = 8 (i + o)).
        private const int FewRows = 8;

        private readonly Tensor wide;
        private readonly Tensor scaled;
        private readonly Tensor matrix;
        private readonly long outputs;

        public Served(Tensor indices, Tensor values, double scale, LinearSite site)
        {
            using var scope = NewDisposeScope();
            outputs = site.Outputs;
            wide = indices.to(int64).DetachFromDisposeScope();
            scaled = values.detach().Times(scale).DetachFromDisposeScope();
            matrix = sparse_coo_tensor(wide, scaled, [site.Outputs, site.Inputs], device: values.device).DetachFromDisposeScope();
        }

        public Tensor Apply(Tensor x)
        {
            if (x.shape[0] > FewRows)
            {
                // A transposed view would do, but costs up to twenty times as much.
                return matrix.mm(x.t().contiguous()).t();
            }

            var products = x.index_select(1, wide[1]).mul(scaled);
            using Scalar one = 1L;
            return zeros([x.shape[0], outputs], x.dtype, x.device).index_add_(1, wide[0], products, one);
        }

        public void Dispose()
        {
            matrix.Dispose();
            scaled.Dispose();
            wide.Dispose();
        }
    }
}
