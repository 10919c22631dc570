using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// FRUGAL (Zmushko et al. 2024) with columns as subspaces: every T steps a share ρ of each matrix' columns is chosen at random; these take AdamW
/// steps, whose moments start afresh, all others -lr c sign(g), which needs no state. Decay is decoupled.
/// </summary>
/// <remarks>Parameters that are no matrices take plain AdamW steps.</remarks>
internal sealed class Frugal : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly FrugalOptions options;
    private readonly Func<long, int, long[]> choose;
    private readonly State[] states;
    private readonly AdamW rest;

    /// <param name="parameters">What it changes.</param>
    /// <param name="options">Density and period.</param>
    /// <param name="choose">Chooses so many of so many columns; null draws them from the seed.</param>
    public Frugal(IEnumerable<TrainableParameter> parameters, FrugalOptions options, Func<long, int, long[]>? choose = null)
    {
        this.options = options;
        var random = new SplitMix64(options.Seed);
        this.choose = choose ?? ((columns, count) => Draw(ref random, columns, count));
        var isMatrix = parameters.ToLookup(parameter => parameter.Value.Dimensions == 2);
        states = [.. isMatrix[true].Select(parameter => new State(parameter))];
        rest = new AdamW(isMatrix[false]);
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>One update. A parameter without gradient stays as it is.</summary>
    public void Step(double learningRate)
    {
        using var noGradient = no_grad();
        rest.Step(learningRate);
        var age = Steps++ % options.Period;
        foreach (var state in states)
        {
            using var scope = NewDisposeScope();
            if (age == 0)
            {
                var columns = state.Parameter.Value.shape[1];
                state.Choose(choose(columns, Math.Max(1, (int)Math.Round(options.Density * columns))));
            }

            if (state.Parameter.Value.grad is { } gradient)
            {
                Update(state, gradient, learningRate * state.Parameter.RateRatio, age + 1);
            }
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

    private void Update(State state, Tensor gradient, double rate, long age)
    {
        var (_, value, decay, _) = state.Parameter;
        if (decay > 0)
        {
            value.TimesInPlace(1 - (rate * decay));
        }

        var active = gradient.index_select(1, state.Active!);
        state.First!.TimesInPlace(Beta1).PlusInPlace(active, 1 - Beta1);
        state.Second!.TimesInPlace(Beta2).PlusProductInPlace(active, active, 1 - Beta2);
        var scale = state.Second!.Over(1 - Math.Pow(Beta2, age)).sqrt().PlusInPlace(Epsilon);
        var adam = state.First!.Over(1 - Math.Pow(Beta1, age)).div(scale);
        var steps = gradient.sign().Times(options.SignRate).index_copy(1, state.Active!, adam);
        value.PlusInPlace(steps, -rate);
    }

    // Fisher and Yates, as far as it is needed.
    private static long[] Draw(ref SplitMix64 random, long columns, int count)
    {
        long[] all = [.. Enumerable.Range(0, (int)columns).Select(column => (long)column)];
        for (var i = 0; i < count; i++)
        {
            var other = i + (int)(random.NextUnit() * (all.Length - i));
            (all[i], all[other]) = (all[other], all[i]);
        }

        return [.. all.Take(count).Order()];
    }

    private sealed class State(TrainableParameter parameter) : IDisposable
    {
        public TrainableParameter Parameter => parameter;

        /// <summary>The columns that AdamW updates, [k] int64; null before the first step.</summary>
        public Tensor? Active { get; private set; }

        public Tensor? First { get; private set; }

        public Tensor? Second { get; private set; }

        /// <summary>Forgets the moments with the columns that they belonged to.</summary>
        public void Choose(long[] columns)
        {
            Dispose();
            var value = parameter.Value;
            Active = tensor(columns, device: value.device).DetachFromDisposeScope();
            First = zeros([value.shape[0], columns.Length], value.dtype, value.device).DetachFromDisposeScope();
            Second = zeros([value.shape[0], columns.Length], value.dtype, value.device).DetachFromDisposeScope();
        }

        public void Dispose()
        {
            Active?.Dispose();
            First?.Dispose();
            Second?.Dispose();
        }
    }
}
