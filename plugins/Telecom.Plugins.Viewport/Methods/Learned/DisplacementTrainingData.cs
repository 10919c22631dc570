using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>Windows of the residual recipe: circular L1 on displacements, mirrored at random, the front hidden at random.</summary>
internal sealed class DisplacementTrainingData : ITrainingData
{
    private const int ValidationBatch = 512;

    private readonly TrainingWindows windows;
    private readonly DisplacementModel model;
    private readonly Func<Tensor, TrainingPass, Tensor> displace;
    private readonly ContentFront front;
    private readonly double frontDropout;
    private readonly bool usesFront;
    private Tensor? features;
    private Tensor? targets;

    /// <param name="windows">Training and validation windows.</param>
    /// <param name="settings">Settings of the method.</param>
    /// <param name="model">The method's inputs and answers.</param>
    /// <param name="front">Receives the front direction of the training windows.</param>
    /// <param name="displace">[B, H, 10] features to [B, F, 3] displacements.</param>
    public DisplacementTrainingData(
        TrainingWindows windows, SettingValues settings, DisplacementModel model, ContentFront front, Func<Tensor, TrainingPass, Tensor> displace)
    {
        this.windows = windows;
        this.model = model;
        this.displace = displace;
        this.front = front;
        frontDropout = settings.Number(LearnedSettings.FrontDropout, 0, 1);
        usesFront = LearnedSettings.UsesFront(settings);
    }

    public int Examples => windows.Train.Count;

    public string Description => windows.Description;

    public string Fingerprint => windows.Fingerprint;

    public string MetricName => "mae_ref";

    public Tensor Loss(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        Prepare();
        var rows = tensor(Array.ConvertAll(examples.ToArray(), row => (long)row), device: front.Device);
        var input = features!.index_select(0, rows);
        var target = targets!.index_select(0, rows);
        var (inputSigns, targetSigns) = Augmentation(examples.Length, pass.Random);
        var error = displace(input.mul(inputSigns), pass).sub(target.mul(targetSigns));

        // |wrap(e)| in units of 30°: whole turns cost nothing; the subtracted turns are constants for the gradient.
        const double Turn = 360.0 / MotionFeatures.DisplacementScale;
        return error.sub(error.detach().Over(Turn).round().Times(Turn)).abs().mean();
    }

    public double Validate(TrainingPass pass, CancellationToken cancellationToken)
    {
        Prepare();
        var (sum, count) = (0.0, 0L);
        for (var start = 0; start < windows.Valid.Count; start += ValidationBatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(ValidationBatch, windows.Valid.Count - start);
            var requests = new ViewportRequest[size];
            for (var i = 0; i < size; i++)
            {
                requests[i] = windows.Valid.RequestOf(start + i);
            }

            var forecasts = new ViewportForecast[size];
            model.Write(displace(model.Features(requests), pass), requests, forecasts);
            for (var i = 0; i < size; i++)
            {
                sum += WindowErrors.SumReference(forecasts[i].RawDegrees.Span, windows.Valid.FutureOf(start + i).Span);
                count += forecasts[i].RawDegrees.Length;
            }
        }

        return sum / count;
    }

    public void Dispose()
    {
        features?.Dispose();
        targets?.Dispose();
    }

    // Tensors are made at the first use, because reading the data may have run on any thread.
    private void Prepare()
    {
        if (features is not null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var direction = FrontDirection.Estimate(windows.Train.Future.Span);
        front.Set(direction, windows.Train.Traces[0].Dataset);
        var (inputs, outputs) = Arrays(usesFront ? direction : null);
        var count = windows.Train.Count;
        features = ModelInput.Create(inputs, [count, model.Window.History, MotionFeatures.PerSample], front.Device).DetachFromDisposeScope();
        targets = ModelInput.Create(outputs, [count, model.Window.Horizon, ViewportRequest.Axes], front.Device).DetachFromDisposeScope();
    }

    private (float[] Inputs, float[] Outputs) Arrays(double? direction)
    {
        var (inputSize, outputSize) = (model.Window.History * MotionFeatures.PerSample, model.Window.Horizon * ViewportRequest.Axes);
        var inputs = new float[windows.Train.Count * inputSize];
        var outputs = new float[windows.Train.Count * outputSize];
        for (var i = 0; i < windows.Train.Count; i++)
        {
            var past = windows.Train.PastOf(i).Span;
            MotionFeatures.Write(past, direction, inputs.AsSpan(i * inputSize, inputSize));
            MotionFeatures.WriteTargets(past[^ViewportRequest.Axes..], windows.Train.FutureOf(i).Span, outputs.AsSpan(i * outputSize, outputSize));
        }

        return (inputs, outputs);
    }

    // Signs of a random half of the rows mirror them; zeros on the front features hide the front.
    private (Tensor Inputs, Tensor Targets) Augmentation(int rows, Random random)
    {
        var inputs = new float[rows * MotionFeatures.PerSample];
        var outputs = new float[rows * ViewportRequest.Axes];
        for (var row = 0; row < rows; row++)
        {
            var mirrored = random.Next(2) == 1;
            var hidden = random.NextDouble() < frontDropout;
            for (var i = 0; i < MotionFeatures.PerSample; i++)
            {
                var sign = mirrored ? MotionFeatures.MirrorSigns[i] : 1f;
                inputs[(row * MotionFeatures.PerSample) + i] = hidden && i >= MotionFeatures.Front ? 0f : sign;
            }

            for (var axis = 0; axis < ViewportRequest.Axes; axis++)
            {
                outputs[(row * ViewportRequest.Axes) + axis] = mirrored ? MotionFeatures.MirrorSigns[axis] : 1f;
            }
        }

        return (
            ModelInput.Create(inputs, [rows, 1, MotionFeatures.PerSample], front.Device),
            ModelInput.Create(outputs, [rows, 1, ViewportRequest.Axes], front.Device));
    }
}
