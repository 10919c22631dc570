using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// Fira (Chen et al. 2024) for matrices: Adam on the gradient ĝ projected to rank r (GaLore, Zhao et al. 2024), plus what the projection left out,
/// scaled as Adam scaled the rest. With W[o, i], o ≥ i: ĝ = g P, P the leading right singular vectors of g, renewed every gap steps; otherwise ĝ = Pᵀ
/// g. W -= lr √(1 - b2^t) / (1 - b1^t) (n̂ Pᵀ + r), n̂ = m / (√v + eps), r = (g - ĝ Pᵀ) ‖n̂‖ / (‖ĝ‖ + 1e-8) per row (per column where o &lt; i).
/// </summary>
/// <remarks>
/// The norm of r grows by γ at most from step to step. Parameters that are no matrices, or no larger than the rank, take plain AdamW steps.
/// </remarks>
internal sealed class Fira : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-6;
    private const double SmallestNorm = 1e-8;

    private readonly FiraOptions options;
    private readonly State[] states;
    private readonly AdamW rest;

    /// <param name="parameters">What it changes.</param>
    /// <param name="options">Rank, gap and growth.</param>
    public Fira(IEnumerable<TrainableParameter> parameters, FiraOptions options)
    {
        this.options = options;
        var isProjected = parameters.ToLookup(parameter =>
            parameter.Value.Dimensions == 2 && Math.Min(parameter.Value.shape[0], parameter.Value.shape[1]) > options.Rank);
        states = [.. isProjected[true].Select(parameter => new State(parameter, options.Rank))];
        rest = new AdamW(isProjected[false]);
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>One update. A parameter without gradient stays as it is.</summary>
    public void Step(double learningRate)
    {
        using var noGradient = no_grad();
        rest.Step(learningRate);
        var renews = Steps++ % options.Gap == 0;
        foreach (var state in states.Where(state => state.Parameter.Value.grad is not null))
        {
            Update(state, learningRate * state.Parameter.RateRatio, renews);
        }
    }

    public void Dispose()
    {
        rest.Dispose();
        foreach (var state in states)
        {
            state.Dispose();
        }
    }

    private void Update(State state, double rate, bool renews)
    {
        using var scope = NewDisposeScope();
        var (_, value, decay, _) = state.Parameter;
        var gradient = value.grad!;
        if (renews)
        {
            state.Renew(gradient);
        }

        if (decay > 0)
        {
            value.TimesInPlace(1 - (rate * decay));
        }

        var low = state.Project(gradient);
        state.First.TimesInPlace(Beta1).PlusInPlace(low, 1 - Beta1);
        state.Second.TimesInPlace(Beta2).PlusProductInPlace(low, low, 1 - Beta2);
        var normalized = state.First.div(state.Second.sqrt().PlusInPlace(Epsilon));
        var along = state.IsTall ? 1 : 0;
        var ratio = normalized.norm(along, keepdim: true).div(low.norm(along, keepdim: true).PlusInPlace(SmallestNorm));
        var residual = Limited(state, gradient.sub(state.Restore(low)).mul(ratio));
        var correction = Math.Sqrt(1 - Math.Pow(Beta2, Steps)) / (1 - Math.Pow(Beta1, Steps));
        value.PlusInPlace(state.Restore(normalized).Plus(residual), -rate * correction);
    }

    private Tensor Limited(State state, Tensor residual)
    {
        var norm = residual.norm().to(float64).item<double>();
        var limit = options.Growth * state.ResidualNorm;
        state.ResidualNorm = limit > 0 && norm > limit ? limit : norm;
        return limit > 0 && norm > limit ? residual.Times(limit / norm) : residual;
    }

    private sealed class State : IDisposable
    {
        private readonly Tensor projection;
        private readonly int rank;

        public State(TrainableParameter parameter, int rank)
        {
            Parameter = parameter;
            this.rank = rank;
            var (value, rows, columns) = (parameter.Value, parameter.Value.shape[0], parameter.Value.shape[1]);
            IsTall = rows >= columns;
            projection = zeros([IsTall ? columns : rows, rank], value.dtype, value.device).DetachFromDisposeScope();
            long[] shape = IsTall ? [rows, rank] : [rank, columns];
            First = zeros(shape, value.dtype, value.device).DetachFromDisposeScope();
            Second = zeros(shape, value.dtype, value.device).DetachFromDisposeScope();
        }

        public TrainableParameter Parameter { get; }

        public bool IsTall { get; }

        public Tensor First { get; }

        public Tensor Second { get; }

        /// <summary>Norm of the part beside the projection in the last step; 0 before the first.</summary>
        public double ResidualNorm { get; set; }

        /// <summary>Takes the leading singular vectors of the shorter side.</summary>
        public void Renew(Tensor gradient)
        {
            var (u, _, vt) = linalg.svd(gradient.to(float64), fullMatrices: false);
            projection.copy_(IsTall ? vt.narrow(0, 0, rank).t() : u.narrow(1, 0, rank));
        }

        public Tensor Project(Tensor gradient) => IsTall ? gradient.mm(projection) : projection.t().mm(gradient);

        public Tensor Restore(Tensor low) => IsTall ? low.mm(projection.t()) : projection.mm(low);

        public void Dispose()
        {
            projection.Dispose();
            First.Dispose();
            Second.Dispose();
        }
    }
}
