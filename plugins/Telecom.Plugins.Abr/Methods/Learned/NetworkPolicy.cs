using Telecom.Plugins.Abr.Contracts;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>
/// The control of the policy on the shared base, trained on the same experience: a plain network over the features of one step, or with
/// <c>form=sequence</c> the same tokens through a small transformer of its own.
/// </summary>
internal sealed class NetworkPolicy : NetworkMethod<AbrRequest, AbrDecision>
{
    /// <summary>Id of the method.</summary>
    public const string Id = "network";

    private readonly PolicyRecipe recipe;
    private readonly PolicyModules modules;

    public NetworkPolicy(MethodSetup setup)
    {
        recipe = PolicyRecipe.From(setup);
        modules = setup.Settings.Choice(LearnedSettings.Form, "features", "sequence") == "features"
            ? new FeatureModules(new(recipe, AbrSettings.ReadLadder(setup.Settings)), recipe.Levels)
            : Sequence(setup.Settings);
    }

    public override nn.Module Modules => modules;

    public override Suitability Examine(AbrRequest request) => recipe.Examine(request);

    // Windows of one batch have equally many steps.
    public override long BatchKey(AbrRequest request) => RequestWindow.Count(request, recipe);

    public override void Predict(ReadOnlySpan<AbrRequest> batch, Span<AbrDecision> results) =>
        LevelChoice.Write(Id, modules.LastLevels(RequestWindow.Of(batch, recipe), null), batch, results);

    public override async ValueTask<ITrainingData> ReadTrainingDataAsync(TrainingContext context, CancellationToken cancellationToken) =>
        new PolicyTrainingData(
            Id, await PolicyExperience.ReadAsync(context, recipe, cancellationToken).ConfigureAwait(false), context.Settings, recipe, modules);

    private SequenceModules Sequence(SettingValues settings)
    {
        var width = settings.Integer(LearnedSettings.Width, 1, 4096);
        var (layers, dropout) = (settings.Integer(LearnedSettings.Layers, 1, 100), settings.Number(LearnedSettings.Dropout, 0, 0.99));
        return new(recipe, width, new(width, layers, Heads(settings, width), dropout));
    }

    private static int Heads(SettingValues settings, int width)
    {
        var heads = settings.Integer(LearnedSettings.Heads, 1, width);
        return width % heads == 0
            ? heads
            : throw new TelecomException(
                ErrorCode.InvalidInput, $"Setting {LearnedSettings.Heads}={heads} is not valid: it must divide the width, {width}.");
    }
}
