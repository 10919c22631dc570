using Telecom.Plugins.Abr.Observations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>
/// Turns decision steps into tokens: eight per step in the order R, s1 … s6, a, each with the embedding of its time step, and one LayerNorm over all.
/// </summary>
/// <remarks>
/// s1 last level, s2 buffer, s3 throughputs, s4 download times, s5 next sizes, s6 chunks left. The level of a step is read at s6, before its a. Where the
/// recipe is enriched, s6 also carries the features of its own step, which the observation alone gives.
/// </remarks>
internal sealed class TokenEncoder : nn.Module
{
    /// <summary>Tokens per step.</summary>
    public const int PerStep = 8;

    /// <summary>Position of s6 in a step, where its level is read.</summary>
    public const int ReadAt = 6;

    private const int Kernel = 4;

    // Small beside the contents, or the table would drown them until it is trained.
    private const double TimeStepDeviation = 0.02;

    // Reciprocals of about 0.13 MB/s, which is 1 Mbit/s, and of downloads of about 2.5 s in units of 10 s.
    private const float TypicalThroughputs = 8;
    private const float TypicalDownloads = 4;

    private readonly PolicyRecipe recipe;
    private readonly Linear target;
    private readonly Linear level;
    private readonly Linear levelOut;
    private readonly Linear buffer;
    private readonly Linear bufferOut;
    private readonly Conv1d throughput;
    private readonly Linear throughputOut;
    private readonly Conv1d download;
    private readonly Linear downloadOut;
    private readonly Conv1d sizes;
    private readonly Linear sizesOut;
    private readonly Linear left;
    private readonly Linear leftOut;
    private readonly StepFeatures? features;
    private readonly Linear? summary;
    private readonly Linear? summaryOut;
    private readonly Linear action;
    private readonly Embedding timeStep;
    private readonly LayerNorm norm;

    /// <param name="recipe">Shapes.</param>
    /// <param name="width">Width E of a token.</param>
    /// <param name="features">What s6 carries beside the chunks left; null for that alone.</param>
    public TokenEncoder(PolicyRecipe recipe, int width, StepFeatures? features)
        : base(nameof(TokenEncoder))
    {
        (this.recipe, this.features) = (recipe, features);
        var (encoded, flat) = (recipe.Features, (recipe.History - Kernel + 1) * recipe.Features);
        target = nn.Linear(1, width);
        (level, levelOut) = (nn.Linear(1, encoded), nn.Linear(encoded, width));
        (buffer, bufferOut) = (nn.Linear(1, encoded), nn.Linear(encoded, width));
        (throughput, throughputOut) = (nn.Conv1d(1, encoded, Kernel), nn.Linear(flat, width));
        (download, downloadOut) = (nn.Conv1d(1, encoded, Kernel), nn.Linear(flat, width));
        (sizes, sizesOut) = (nn.Conv1d(1, encoded, recipe.Levels), nn.Linear(encoded, width));
        (left, leftOut) = (nn.Linear(1, encoded), nn.Linear(encoded, width));
        if (features is not null)
        {
            (summary, summaryOut) = (nn.Linear(features.Count, encoded), nn.Linear(encoded, width));
        }

        action = nn.Linear(1, width);
        timeStep = nn.Embedding(recipe.Chunks + 1, width);
        nn.init.normal_(timeStep.weight!, 0, TimeStepDeviation);
        norm = nn.LayerNorm(width);
        Amplify();
        RegisterComponents();
    }

    /// <summary>Where the weights are.</summary>
    public Device Device => action.weight.device;

    /// <param name="batch">[B, steps] windows.</param>
    /// <returns>[B, 8 steps, E].</returns>
    public Tensor Encode(StepBatch batch)
    {
        var count = batch.Rows * batch.Steps;
        var states = ModelInput.Create(batch.States, [count, AbrObservation.Features, recipe.StateWidth], Device);
        var tokens = stack(
            [
                target.forward(ModelInput.Create(batch.Returns, [count, 1], Device)),
                levelOut.forward(level.forward(Newest(states, AbrObservation.LastLevel)).LeakyRelu()),
                bufferOut.forward(buffer.forward(Newest(states, AbrObservation.Buffer)).LeakyRelu()),
                throughputOut.forward(Convolve(throughput, History(states, AbrObservation.Throughput))),
                downloadOut.forward(Convolve(download, History(states, AbrObservation.DownloadTime))),
                sizesOut.forward(Convolve(sizes, states.narrow(1, AbrObservation.NextSizes, 1).narrow(2, 0, recipe.Levels))),
                Summarise(batch, leftOut.forward(left.forward(Newest(states, AbrObservation.ChunksLeft)).LeakyRelu())),
                action.forward(ModelInput.Create(batch.Actions, [count, 1], Device)),
            ],
            1);
        var steps = timeStep.forward(ModelInput.Create(batch.TimeSteps, [count, 1], Device));
        return norm.forward(tokens.Plus(steps)).view(batch.Rows, batch.Steps * PerStep, -1);
    }

    // Observations of everyday links lie far below 1, and an encoder that starts as usual hardly tells them apart.
    private void Amplify()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        (Conv1d Layer, float Factor)[] quiet = [(throughput, TypicalThroughputs), (download, TypicalDownloads)];
        foreach (var (layer, factor) in quiet)
        {
            layer.weight.mul_(tensor(factor));
        }
    }

    // [n, 1, x] -> [n, positions * F], channel after channel.
    private static Tensor Convolve(Conv1d layer, Tensor values) => layer.forward(values.contiguous()).LeakyRelu().flatten(1);

    // [n, E] -> [n, E]
    private Tensor Summarise(StepBatch batch, Tensor token)
    {
        if (features is null)
        {
            return token;
        }

        var values = ModelInput.Create(features.Write(batch), [batch.Rows * batch.Steps, features.Count], Device);
        return token.Plus(summaryOut!.forward(summary!.forward(values).LeakyRelu()));
    }

    // [n, 6, W] -> [n, 1]
    private Tensor Newest(Tensor states, int row) => states.select(1, row).narrow(1, recipe.StateWidth - 1, 1);

    // [n, 6, W] -> [n, 1, H]
    private Tensor History(Tensor states, int row) => states.narrow(1, row, 1).narrow(2, recipe.StateWidth - recipe.History, recipe.History);
}
