using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Metrics;
using Telecom.Sdk.Settings;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>What the residual recipe shares between the stand-alone network and the adapted base: inputs, mirror averaging, answers.</summary>
/// <remarks>
/// p_k = wrap(h_H + 30° d_k), with d from the model; a head that starts at zero makes the untrained model the hold baseline. Every request goes
/// through the model twice, as it is and as its mirror image, and the answers are averaged, so that left and right are treated alike.
/// </remarks>
internal sealed class DisplacementModel
{
    private readonly bool usesFront;
    private readonly ContentFront front;

    /// <param name="settings">Settings of the method.</param>
    /// <param name="front">The part of the method's module that knows the training data's front direction.</param>
    public DisplacementModel(SettingValues settings, ContentFront front)
    {
        this.front = front;
        Window = TrainedWindow.From(settings);
        usesFront = LearnedSettings.UsesFront(settings);
    }

    /// <summary>History H and horizon F.</summary>
    public TrainedWindow Window { get; }

    /// <summary>Too little history goes to the fallback; more steps than were trained are refused, never cut short.</summary>
    public Suitability Examine(ViewportRequest request) =>
        Window.Examine(request) is { Kind: not SuitabilityKind.Suitable } unsuitable ? unsuitable
        : request.Steps > Window.Horizon
            ? Suitability.Refused(
                "/steps", $"must be at most {Window.Horizon}, the horizon this method was trained for; ask another method for more.")
        : Suitability.Suitable;

    /// <returns>[2 B, H, 10] features: the requests, then their mirror images.</returns>
    public Tensor Features(ReadOnlySpan<ViewportRequest> batch)
    {
        var size = Window.History * MotionFeatures.PerSample;
        var features = new float[2 * batch.Length * size];
        var fronts = Fronts(batch);
        for (var i = 0; i < batch.Length; i++)
        {
            MotionFeatures.Write(batch[i].Latest(Window.History), fronts[i], features.AsSpan(i * size, size));
        }

        MotionFeatures.WriteMirror(features.AsSpan(0, batch.Length * size), features.AsSpan(batch.Length * size));
        return ModelInput.Create(features, [2 * batch.Length, Window.History, MotionFeatures.PerSample], front.Device);
    }

    /// <summary>Averages both answers of each request and adds them to its last sample.</summary>
    /// <param name="displacements">[2 B, F, 3] in units of 30°: the requests, then their mirror images.</param>
    /// <param name="batch">The requests.</param>
    /// <param name="results">One wrapped forecast per request, cut to its steps.</param>
    public void Write(Tensor displacements, ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results)
    {
        var values = displacements.cpu().contiguous().data<float>().ToArray();
        var size = Window.Horizon * ViewportRequest.Axes;
        for (var i = 0; i < batch.Length; i++)
        {
            var plain = values.AsSpan(i * size, size);
            var mirrored = values.AsSpan((batch.Length + i) * size, size);
            var last = batch[i].Latest(1);
            var degrees = new float[batch[i].Steps * ViewportRequest.Axes];
            for (var k = 0; k < degrees.Length; k++)
            {
                var axis = k % ViewportRequest.Axes;
                var moved = (plain[k] + (MotionFeatures.MirrorSigns[axis] * mirrored[k])) / 2;
                degrees[k] = Angles.Wrap(last[axis] + (MotionFeatures.DisplacementScale * moved));
            }

            results[i] = ViewportForecast.For(batch[i], degrees);
        }
    }

    /// <summary>Front direction of every request: its own, else the trained one if it comes from the trained dataset, else unknown.</summary>
    private double?[] Fronts(ReadOnlySpan<ViewportRequest> batch)
    {
        var fronts = new double?[batch.Length];
        Func<string?, double?>? trained = null;
        for (var i = 0; usesFront && i < batch.Length; i++)
        {
            fronts[i] = batch[i].FrontYawDegrees is { } given ? given
                : batch[i].Dataset is { } dataset ? (trained ??= front.Read())(dataset)
                : null;
        }

        return fronts;
    }
}
