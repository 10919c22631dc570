using Telecom.Plugins.Abr.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>
/// The shared base as a return-conditioned policy (NetLLM, SIGCOMM 2024, after the decision transformer): a window of steps as tokens, the level read
/// at the last token of the newest observation.
/// </summary>
/// <remarks>
/// Differs from the released code where that is defective: contexts hold w steps like the training windows and end with their session, decisions are the
/// likeliest level instead of a draw.
/// </remarks>
internal sealed class AdaptedPolicy : AdaptedMethod<AbrRequest, AbrDecision>
{
    /// <summary>Id of the method.</summary>
    public const string Id = "adapted";

    private readonly PolicyRecipe recipe;
    private readonly SequenceModules modules;

    public AdaptedPolicy(MethodSetup setup)
    {
        recipe = PolicyRecipe.From(setup);
        var isEnriched = setup.Settings.Choice(LearnedSettings.Tokens, "enriched", "netllm") == "enriched";
        modules = new(recipe, setup.Width, null, isEnriched ? new(recipe, AbrSettings.ReadLadder(setup.Settings)) : null);
        Adapter = LearnedSettings.ReadAdapter(setup.Settings);
    }

    public override nn.Module Modules => modules;

    public override AdapterOptions Adapter { get; }

    public override Suitability Examine(AbrRequest request) => recipe.Examine(request);

    // Windows of one batch have equally many steps.
    public override long BatchKey(AbrRequest request) => RequestWindow.Count(request, recipe);

    public override Embeddings Encode(ReadOnlySpan<AbrRequest> batch) => modules.EncodeLast(RequestWindow.Of(batch, recipe));

    public override void Decode(Tensor hidden, ReadOnlySpan<AbrRequest> batch, Span<AbrDecision> results) =>
        LevelChoice.Write(Id, modules.LastLevels(hidden), batch, results);

    public override async ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        new PolicyTrainingData(
            Id, await PolicyExperience.ReadAsync(context, recipe, cancellationToken).ConfigureAwait(false), context.Settings, recipe, modules);
}
