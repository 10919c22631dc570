using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>One forward of two tokens through the base.</summary>
internal sealed class ToyAdapted(MethodSetup setup, ToyLog log) : AdaptedMethod<ToyRequest, ToyAnswer>
{
    private readonly ToyLayers layers = new(setup.Width);

    public override nn.Module Modules => layers;

    public override AdapterOptions Adapter { get; } = new() { Rank = 2, Alpha = 8, Targets = ["q_proj", "v_proj", "down_proj"] };

    public override Suitability Examine(ToyRequest request) => ToyMode.Examine(request);

    public override Embeddings Encode(ReadOnlySpan<ToyRequest> batch)
    {
        log.Add("adapted", batch);
        ToyMode.Act(batch);
        var tokens = layers.Encode(ToyLayers.Inputs(batch));
        return ToyMode.Has(batch, ToyMode.Wide) ? new Embeddings(zeros([batch.Length, 2, setup.Width + 1]))
            : ToyMode.Has(batch, ToyMode.Double) ? new Embeddings(tokens.to(float64))
            : ToyMode.Has(batch, ToyMode.NoTokens) ? default
            : ToyMode.Has(batch, ToyMode.WrongMask) ? new Embeddings(tokens, ones([batch.Length, 3], @bool))
            : new Embeddings(tokens);
    }

    public override void Decode(Tensor hidden, ReadOnlySpan<ToyRequest> batch, Span<ToyAnswer> results)
    {
        if (ToyMode.Has(batch, ToyMode.ThrowsInDecode))
        {
            throw new InvalidOperationException("undecodable");
        }

        if (!ToyMode.Has(batch, ToyMode.NoAnswer))
        {
            ToyLayers.Write(layers.Decode(hidden), results);
        }
    }

    public override ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ITrainingData>(new ToyTrainingData(
            context, (x, pass) => layers.Decode(pass.Backbone!.Forward(new Embeddings(layers.Encode(x))))));
}
