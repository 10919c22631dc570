using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>Encoder straight into the head.</summary>
internal sealed class ToyNetwork(MethodSetup setup, ToyLog log) : NetworkMethod<ToyRequest, ToyAnswer>
{
    private readonly ToyLayers layers = new(setup.Settings.Integer("hidden", 1, 1000));

    public override nn.Module Modules => layers;

    public override Suitability Examine(ToyRequest request) => ToyMode.Examine(request);

    public override long BatchKey(ToyRequest request) =>
        request.Mode == ToyMode.ThrowsInKey ? throw new FormatException("keyed") : request.Steps ?? 1;

    public override void Predict(ReadOnlySpan<ToyRequest> batch, Span<ToyAnswer> results)
    {
        log.Add("network", batch);
        ToyMode.Act(batch);
        if (!ToyMode.Has(batch, ToyMode.NoAnswer))
        {
            ToyLayers.Write(layers.Decode(layers.Encode(ToyLayers.Inputs(batch))), results);
        }
    }

    public override ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ITrainingData>(new ToyTrainingData(context, (x, _) => layers.Decode(layers.Encode(x))));
}
