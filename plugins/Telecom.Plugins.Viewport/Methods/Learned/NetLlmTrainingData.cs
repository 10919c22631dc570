using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>
/// NetLLM's training: mean squared error on normalised angles, by teacher forcing or, with a small probability per batch, through the whole roll-out.
/// </summary>
internal sealed class NetLlmTrainingData(TrainingWindows windows, NetLlmLayers layers, double rollOutProbability) : ITrainingData
{
    private const int ValidationBatch = 512;

    public int Examples => windows.Train.Count;

    public string Description => windows.Description;

    public string Fingerprint => windows.Fingerprint;

    public string MetricName => "rollout_mse";

    public Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        var past = Rows(windows.Train.Past.Span, windows.Train.Options.History, examples);
        var future = Rows(windows.Train.Future.Span, windows.Train.Options.Horizon, examples);
        var predicted = pass.Random.NextDouble() < rollOutProbability
            ? RollOut(past, future.shape[1], pass.Backbone!)
            : TeacherForce(past, future, pass.Backbone!);
        return nn.functional.mse_loss(predicted, future);
    }

    public double Validate(TrainingPass pass, CancellationToken cancellationToken)
    {
        var (sum, count) = (0.0, 0L);
        for (var start = 0; start < windows.Valid.Count; start += ValidationBatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = Enumerable.Range(start, Math.Min(ValidationBatch, windows.Valid.Count - start)).ToArray();
            var past = Rows(windows.Valid.Past.Span, windows.Valid.Options.History, rows);
            var future = Rows(windows.Valid.Future.Span, windows.Valid.Options.Horizon, rows);
            sum += nn.functional.mse_loss(RollOut(past, future.shape[1], pass.Backbone!), future).item<float>() * rows.Length;
            count += rows.Length;
        }

        return sum / count;
    }

    public void Dispose()
    {
    }

    /// <summary>One causal forward over history and future: the states of positions H−1 … H+F−2 predict the future samples 1 … F.</summary>
    /// <param name="past">[B, H, 3] normalised.</param>
    /// <param name="future">[B, F, 3] normalised.</param>
    /// <param name="backbone">The base with this method's adapter.</param>
    /// <returns>[B, F, 3].</returns>
    internal Tensor TeacherForce(Tensor past, Tensor future, IBackbone backbone)
    {
        var hidden = backbone.Forward(new Embeddings(layers.Encode(cat([past, future], 1))));
        return layers.Decode(hidden.narrow(1, past.shape[1] - 1, future.shape[1]));
    }

    /// <summary>
    /// Every prediction is embedded and appended; gradients flow through all steps, so the prefix is computed anew instead of cached.
    /// </summary>
    /// <param name="past">[B, H, 3] normalised.</param>
    /// <param name="steps">Predictions F.</param>
    /// <param name="backbone">The base with this method's adapter.</param>
    /// <returns>[B, F, 3].</returns>
    internal Tensor RollOut(Tensor past, long steps, IBackbone backbone)
    {
        var tokens = layers.Encode(past);
        var predictions = new List<Tensor>();
        for (var step = 0; step < steps; step++)
        {
            var hidden = backbone.Forward(new Embeddings(tokens));
            predictions.Add(layers.Decode(hidden.narrow(1, tokens.shape[1] - 1, 1)));
            tokens = cat([tokens, layers.Encode(predictions[^1])], 1);
        }

        return cat(predictions, 1);
    }

    private Tensor Rows(ReadOnlySpan<float> windowsDegrees, int length, ReadOnlySpan<int> rows)
    {
        var size = length * ViewportRequest.Axes;
        var values = new float[rows.Length * size];
        for (var i = 0; i < rows.Length; i++)
        {
            NormalizedAngles.Write(windowsDegrees.Slice(rows[i] * size, size), values.AsSpan(i * size, size));
        }

        return ModelInput.Create(values, [rows.Length, length, ViewportRequest.Axes], layers.Device);
    }
}
