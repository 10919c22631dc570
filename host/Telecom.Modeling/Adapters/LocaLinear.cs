using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>One layer of <see cref="LocaMethod"/>.</summary>
internal sealed class LocaLinear : AdaptedLinear
{
    private const double SmallestSlope = 1e-30;

    private readonly LinearSite site;
    private readonly Tensor coefficients;
    private readonly Tensor locations;
    private readonly Tensor outputBasis;
    private readonly Tensor inputBasis;
    private readonly double alpha;
    private readonly double dropout;
    private bool movesPlaces;
    private Tensor? watched;
    private Tensor? served;

    /// <param name="site">The layer.</param>
    /// <param name="settings">Alpha and dropout.</param>
    /// <param name="places">Rows and columns of the spectrum, [2, n] int32.</param>
    /// <param name="outputBasis">C, [o, o]; stays the adapter's.</param>
    /// <param name="inputBasis">D, [i, i]; stays the adapter's.</param>
    public LocaLinear(LinearSite site, LinearSettings settings, Tensor places, Tensor outputBasis, Tensor inputBasis)
    {
        this.site = site with { Weight = null, Bias = null };
        (this.outputBasis, this.inputBasis, alpha, dropout) = (outputBasis, inputBasis, settings.Alpha, settings.Dropout);
        coefficients = Trainable(LocaMethod.NameCoefficients, zeros(places.shape[1]), site);
        locations = Constant(LocaMethod.NameLocations, places, site);
    }

    protected override Tensor Compute(Tensor x, Tensor? y, bool training)
    {
        var input = Dropped(x, dropout, training);
        if (!is_grad_enabled())
        {
            served ??= DeltaWeight().DetachFromDisposeScope();
            return nn.functional.linear(input, served);
        }

        // While places move, ΔW itself receives the gradient; the coefficients rest.
        return nn.functional.linear(input, movesPlaces && training ? Watched() : Change());
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
        Refresh();
        if (!locations.eq(Within(locations)).all().item<bool>())
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Tensor '{LocaMethod.NameLocations}' of {site.Path} points outside of its spectrum of {site.Outputs} by {site.Inputs}.");
        }
    }

    public override void BeforeStep(AdapterStep step) => movesPlaces = LocaSchedule.MovesPlaces(step);

    public override void AfterStep(AdapterStep step)
    {
        using var scope = NewDisposeScope();
        if (watched?.grad is { } gradient)
        {
            Move(gradient);
        }

        watched?.Dispose();
        watched = null;
        movesPlaces = false;
        Refresh();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Refresh();
        watched?.Dispose();
    }

    /// <summary>
    /// The gradient of the loss by every place, [2, n]: a_k (g(l + 1) - g(l - 1)) / 2 along rows and columns, g that of the spectrum.
    /// </summary>
    /// <param name="gradient">Gradient by ΔW, [o, i].</param>
    internal Tensor PlaceGradients(Tensor gradient)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var spectrum = outputBasis.mm(gradient).mm(inputBasis.t()).Times(alpha);
        var places = locations.to(int64);
        var gradients = new Tensor[2];
        for (var axis = 0; axis < gradients.Length; axis++)
        {
            var step = zeros([2, 1], int64, places.device);
            step[axis] = 1;
            gradients[axis] = At(spectrum, places.Plus(step)).sub(At(spectrum, places.sub(step))).mul(coefficients).Times(0.5);
        }

        return stack(gradients).MoveToOuterDisposeScope();
    }

    // Beyond the edge there is nothing: the edge itself stands in.
    private Tensor At(Tensor spectrum, Tensor places) => spectrum.reshape(-1).index_select(0, Flat(Within(places)));

    // Down the gradient: the steepest place moves by one stride, those at half the slope or more as well.
    private void Move(Tensor gradient)
    {
        var slopes = PlaceGradients(gradient);
        var moves = slopes.Times(LocaSchedule.Stride).div(slopes.abs().max().AtLeast(SmallestSlope)).round().to(int32);
        locations.copy_(Within(locations.sub(moves)));
    }

    private Tensor Within(Tensor places) =>
        stack([places[0].Within(0, site.Outputs - 1), places[1].Within(0, site.Inputs - 1)]);

    private Tensor Flat(Tensor places) => places[0].Times((long)site.Inputs).Plus(places[1]);

    private Tensor Watched()
    {
        watched ??= DeltaWeight().requires_grad_().DetachFromDisposeScope();
        return watched;
    }

    private Tensor Change()
    {
        var spectrum = zeros([(long)site.Outputs * site.Inputs], coefficients.dtype, coefficients.device)
            .scatter_add(0, Flat(locations.to(int64)), coefficients).view(site.Outputs, site.Inputs);
        return outputBasis.t().mm(spectrum).mm(inputBasis).Times(alpha);
    }
}
