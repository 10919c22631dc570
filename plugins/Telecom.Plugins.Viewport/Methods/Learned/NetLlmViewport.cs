using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>
/// NetLLM's recipe, for comparison with the paper: absolute normalised angles in and out, one forward per predicted sample with the keys and values
/// of earlier samples cached.
/// </summary>
/// <remarks>
/// Differs from the released code where that code is defective: predictions are embedded like histories (with LayerNorm), in both phases.
/// </remarks>
internal sealed class NetLlmViewport : AdaptedMethod<ViewportRequest, ViewportForecast>
{
    private readonly NetLlmLayers layers;
    private readonly TrainedWindow window;
    private readonly double rollOut;

    public NetLlmViewport(MethodSetup setup)
    {
        layers = new NetLlmLayers(setup.Width);
        window = TrainedWindow.From(setup.Settings);
        rollOut = setup.Settings.Number(LearnedSettings.RollOutProbability, 0, 1);
        Adapter = LearnedAdapter.From(setup.Settings);
    }

    public override nn.Module Modules => layers;

    public override AdapterOptions Adapter { get; }

    // Any number of steps: the roll-out goes on beyond the horizon it was trained for.
    public override Suitability Examine(ViewportRequest request) => window.Examine(request);

    // Rows of one batch step together, so they must want the same number of steps.
    public override long BatchKey(ViewportRequest request) => request.Steps;

    public override AdaptedPass<ViewportRequest, ViewportForecast> Begin(ViewportRequest[] batch) =>
        new(batch, cacheTokens: window.History + batch[0].Steps - 1) { State = new float[batch.Length * batch[0].Steps * ViewportRequest.Axes] };

    public override Embeddings Encode(ReadOnlySpan<ViewportRequest> batch)
    {
        var size = window.History * ViewportRequest.Axes;
        var values = new float[batch.Length * size];
        for (var i = 0; i < batch.Length; i++)
        {
            NormalizedAngles.Write(batch[i].Latest(window.History), values.AsSpan(i * size, size));
        }

        return new Embeddings(layers.Encode(ModelInput.Create(values, [batch.Length, window.History, ViewportRequest.Axes], layers.Device)));
    }

    public override Embeddings? Advance(Tensor hidden, AdaptedPass<ViewportRequest, ViewportForecast> pass)
    {
        var steps = pass.Requests[0].Steps;
        var predicted = layers.Decode(hidden.narrow(1, hidden.shape[1] - 1, 1));
        var values = predicted.cpu().contiguous().data<float>().ToArray();
        var forecasts = (float[])pass.State!;
        for (var row = 0; row < pass.Requests.Length; row++)
        {
            values.AsSpan(row * ViewportRequest.Axes, ViewportRequest.Axes)
                .CopyTo(forecasts.AsSpan(((row * steps) + pass.Step - 1) * ViewportRequest.Axes));
        }

        if (pass.Step < steps)
        {
            return new Embeddings(layers.Encode(predicted));
        }

        for (var row = 0; row < pass.Requests.Length; row++)
        {
            var degrees = NormalizedAngles.ToDegrees(forecasts.AsSpan(row * steps * ViewportRequest.Axes, steps * ViewportRequest.Axes));
            pass.Results[row] = ViewportForecast.For(pass.Requests[row], degrees);
        }

        return null;
    }

    public override void Decode(Tensor hidden, ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results) =>
        throw new NotSupportedException("This recipe answers step by step: see Advance.");

    public override async ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        new NetLlmTrainingData(await TrainingWindows.ReadAsync(context, cancellationToken).ConfigureAwait(false), layers, rollOut);
}
