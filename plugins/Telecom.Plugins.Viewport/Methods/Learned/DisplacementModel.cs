using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>What the residual recipe shares between the stand-alone network and the adapted base: inputs, mirror averaging, answers.</summary>
/// <remarks>p_k = wrap(h_H + 30° d_k), with d from the model; a head that starts at zero makes the untrained model the hold baseline.</remarks>
internal sealed class DisplacementModel
{
    private readonly bool usesFront;
    private readonly string dataset;
    private readonly Func<Tensor> front;

    /// <param name="settings">Settings of the method.</param>
    /// <param name="front">[1] float32 buffer of the method's module: the training data's front direction in degrees.</param>
    public DisplacementModel(SettingValues settings, Func<Tensor> front)
    {
        this.front = front;
        History = settings.Integer("history", 2, 100);
        Horizon = settings.Integer("horizon", 1, 100);
        dataset = settings.Text(ViewportSettings.DatasetName);
        usesFront = settings.Choice(LearnedSettings.AbsoluteYaw, "front", "off") == "front";
    }

    /// <summary>History samples H.</summary>
    public int History { get; }

    /// <summary>Predicted samples F.</summary>
    public int Horizon { get; }

    /// <summary>Too little history goes to the fallback; more steps than were trained are refused, never cut short.</summary>
    public Suitability Examine(ViewportRequest request) =>
        request.HistoryLength < History
            ? Suitability.FallBack("/samples", $"the method needs {History} samples on the {request.RateHz} Hz grid without a gap, but there are {request.HistoryLength}")
            : request.Steps > Horizon
                ? Suitability.Refused("/steps", $"must be at most {Horizon}, the horizon this method was trained for; ask another method for more.")
                : Suitability.Suitable;

    /// <returns>[B, H, 10] features of the requests.</returns>
    public Tensor Features(ReadOnlySpan<ViewportRequest> batch)
    {
        var trainedFront = front().item<float>();
        var size = History * MotionFeatures.PerSample;
        var features = new float[batch.Length * size];
        for (var i = 0; i < batch.Length; i++)
        {
            MotionFeatures.Write(batch[i].Latest(History), FrontOf(batch[i], trainedFront), features.AsSpan(i * size, size));
        }

        return tensor(features, [batch.Length, History, MotionFeatures.PerSample]);
    }

    /// <summary>Appends the mirror image of every row, so that left and right are treated alike.</summary>
    /// <param name="features">[B, H, 10].</param>
    /// <returns>[2 B, H, 10].</returns>
    public static Tensor WithMirror(Tensor features) => cat([features, features.mul(tensor(MotionFeatures.MirrorSigns.ToArray()))], 0);

    /// <summary>Averages every row with the mirror image of its mirrored twin.</summary>
    /// <param name="displacements">[2 B, F, 3].</param>
    /// <returns>[B, F, 3].</returns>
    public static Tensor FoldMirror(Tensor displacements)
    {
        var rows = displacements.shape[0] / 2;
        var mirrored = displacements.narrow(0, rows, rows).mul(tensor(new[] { -1f, 1f, -1f }));
        return displacements.narrow(0, 0, rows).add(mirrored).mul(0.5);
    }

    /// <summary>Adds displacements to the last sample of each request.</summary>
    /// <param name="displacements">[B, F, 3] in units of 30°.</param>
    /// <param name="batch">The requests.</param>
    /// <param name="results">One wrapped forecast per request, cut to its steps.</param>
    public void Write(Tensor displacements, ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results)
    {
        var values = displacements.contiguous().data<float>().ToArray();
        for (var i = 0; i < batch.Length; i++)
        {
            var last = batch[i].Latest(1);
            var degrees = new float[batch[i].Steps * ViewportRequest.Axes];
            for (var k = 0; k < degrees.Length; k++)
            {
                var moved = last[k % ViewportRequest.Axes] + (MotionFeatures.DisplacementScale * values[(i * Horizon * ViewportRequest.Axes) + k]);
                degrees[k] = Sdk.Metrics.Angles.Wrap(moved);
            }

            results[i] = ViewportForecast.For(batch[i], degrees);
        }
    }

    /// <summary>Front direction of a request: its own, else the trained one if the request comes from the trained dataset, else unknown.</summary>
    private double? FrontOf(ViewportRequest request, double trainedFront) =>
        !usesFront ? null
        : request.FrontYawDegrees is { } given ? given
        : string.Equals(request.Dataset, dataset, StringComparison.OrdinalIgnoreCase) ? trainedFront : null;
}
