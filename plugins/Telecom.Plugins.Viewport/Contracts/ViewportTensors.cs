using System.Globalization;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Metrics;
using Telecom.Sdk.Tensors;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>
/// Tensor form: <c>history</c> float32 [B, H, 3] in degrees on the 5 Hz grid, H ≥ 2, to <c>prediction</c> float32 [B, 20, 3] in degrees, wrapped. Axes
/// are roll, pitch, yaw. Other horizons, front directions and irregular clocks need the JSON form.
/// </summary>
internal sealed class ViewportTensors : ITensorView<ViewportRequest, ViewportForecast>
{
    private const int Axes = ViewportRequest.Axes;
    private const string History = "history";

    private static readonly string[] AxisNames = ["roll", "pitch", "yaw"];

    public TensorSignature Signature { get; } = new(
        [new(History, TensorDataType.Fp32, [-1, -1, Axes], "deg")],
        [new("prediction", TensorDataType.Fp32, [-1, ViewportCodec.DefaultSteps, Axes], "deg")]);

    public ViewportRequest[] Read(IReadOnlyList<TensorValue> inputs)
    {
        var history = inputs[0];
        var (rows, samples) = ((int)history.Shape[0], (int)history.Shape[1]);
        if (samples < 2)
        {
            throw new InvalidInputException($"/{History}", "must hold at least two samples per row: a single one says nothing about motion.");
        }

        var values = (float[])history.Data;
        var errors = new List<InputError>();
        var requests = new ViewportRequest[rows];
        for (var row = 0; row < rows && errors.Count == 0; row++)
        {
            var degrees = values.AsSpan(row * samples * Axes, samples * Axes).ToArray();
            Check(degrees, row, errors);
            requests[row] = new()
            {
                HistoryDegrees = degrees.AsMemory(Math.Max(0, samples - HistoryGrid.MaximumSamples) * Axes),
                RateHz = HistoryGrid.RateHz,
                Steps = ViewportCodec.DefaultSteps,
                LastTimeSeconds = (samples - 1) / HistoryGrid.RateHz,
            };
        }

        return errors.Count == 0 ? requests : throw new InvalidInputException(errors);
    }

    public IReadOnlyList<TensorValue> Write(ReadOnlySpan<ViewportForecast> answers)
    {
        var steps = answers.Length == 0 ? ViewportCodec.DefaultSteps : answers[0].Steps;
        var values = new float[answers.Length * steps * Axes];
        for (int row = 0, at = 0; row < answers.Length; row++)
        {
            for (var step = 0; step < steps; step++, at += Axes)
            {
                (values[at], values[at + 1], values[at + 2]) = answers[row].Wrapped(step);
            }
        }

        return [new("prediction", [answers.Length, steps, Axes], values)];
    }

    /// <summary>Wraps roll and yaw of one row in place; names its first wrong value.</summary>
    private static void Check(float[] degrees, int row, List<InputError> errors)
    {
        for (var i = 0; i < degrees.Length && errors.Count == 0; i++)
        {
            var (value, axis) = (degrees[i], i % Axes);
            if (!float.IsFinite(value) || (axis == 1 && Math.Abs(value) > 90))
            {
                var allowed = axis == 1 ? "from -90 to 90" : "finite";
                errors.Add(new(
                    string.Create(CultureInfo.InvariantCulture, $"/{History}/{row}"),
                    string.Create(CultureInfo.InvariantCulture, $"{AxisNames[axis]} of sample {i / Axes} must be {allowed} in degrees, but is {value}.")));
            }

            degrees[i] = axis == 1 ? value : Angles.Wrap(value);
        }
    }
}
