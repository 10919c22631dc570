using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>One forward per step; every prediction becomes the next token, earlier ones stay in the cache.</summary>
internal sealed class ToySteps(MethodSetup setup, ToyLog log) : AdaptedMethod<ToyRequest, ToyAnswer>
{
    private readonly ToyLayers layers = new(setup.Width);

    public override nn.Module Modules => layers;

    public override AdapterOptions Adapter { get; } = new() { Rank = 3, Alpha = 6 };

    // Rows of one batch step together, so they must want the same number of steps.
    public override long BatchKey(ToyRequest request) => request.Steps ?? 1;

    public override AdaptedPass<ToyRequest, ToyAnswer> Begin(ToyRequest[] batch)
    {
        log.Add("steps", batch);
        ToyMode.Act(batch);
        var steps = batch[0].Steps ?? 1;
        return new(batch, cacheTokens: steps + 1)
        {
            State = batch.Select(_ => new List<double>()).ToArray(),
        };
    }

    public override Embeddings Encode(ReadOnlySpan<ToyRequest> batch) => new(layers.Encode(ToyLayers.Inputs(batch)));

    public override Embeddings? Advance(Tensor hidden, AdaptedPass<ToyRequest, ToyAnswer> pass)
    {
        var y = layers.Decode(hidden);
        var values = y.contiguous().data<float>().ToArray();
        var predicted = (List<double>[])pass.State!;
        for (var row = 0; row < values.Length; row++)
        {
            predicted[row].Add(values[row]);
        }

        if (pass.Step < pass.Requests[0].Steps)
        {
            return new Embeddings(layers.Feed(y));
        }

        log.Add("steps-done", pass.Requests);
        for (var row = 0; row < values.Length; row++)
        {
            pass.Results[row] = new ToyAnswer { Y = [.. predicted[row]] };
        }

        return null;
    }

    public override void Decode(Tensor hidden, ReadOnlySpan<ToyRequest> batch, Span<ToyAnswer> results) =>
        throw new NotSupportedException("This method answers step by step.");

    public override ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ITrainingData>(new ToyTrainingData(
            context, (x, pass) => layers.Decode(pass.Backbone!.Forward(new Embeddings(layers.Encode(x))))));
}
