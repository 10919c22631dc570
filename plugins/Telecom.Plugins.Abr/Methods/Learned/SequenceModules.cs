using Telecom.Sdk.Methods;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>What is trained of a sequence policy: token encoder, head, and for the stand-alone policy the transformer between them.</summary>
internal sealed class SequenceModules : PolicyModules
{
    private readonly TokenEncoder encoder;
    private readonly CausalCore? core;
    private readonly Linear head;

    /// <param name="recipe">Shapes.</param>
    /// <param name="width">Width E of the tokens.</param>
    /// <param name="core">Transformer of its own; null for a policy on the shared base.</param>
    /// <param name="features">What s6 carries beside the chunks left; null for the published tokens.</param>
    public SequenceModules(PolicyRecipe recipe, int width, CausalCore? core, StepFeatures? features = null)
        : base(nameof(SequenceModules))
    {
        encoder = new(recipe, width, features);
        this.core = core;
        head = nn.Linear(width, recipe.Levels);
        RegisterComponents();
    }

    /// <summary>Tokens up to the one where the last step's level is read, of which only that one's state is wanted.</summary>
    /// <returns>[B, 8 steps − 1, E].</returns>
    public Embeddings EncodeLast(StepBatch batch) =>
        new(encoder.Encode(batch).narrow(1, 0, (batch.Steps * TokenEncoder.PerStep) - 1).contiguous()) { LastStates = 1 };

    /// <param name="hidden">[B, T, E], the last being that of s6 of the last step.</param>
    /// <returns>[B, M] logits.</returns>
    public Tensor LastLevels(Tensor hidden) => head.forward(hidden.select(1, hidden.shape[1] - 1));

    public override Tensor LastLevels(StepBatch batch, IBackbone? backbone) => LastLevels(Mix(EncodeLast(batch), backbone));

    public override Tensor AllLevels(StepBatch batch, IBackbone? backbone)
    {
        var hidden = Mix(new(encoder.Encode(batch)), backbone);
        return head.forward(hidden.view(batch.Rows * batch.Steps, TokenEncoder.PerStep, -1).select(1, TokenEncoder.ReadAt));
    }

    private Tensor Mix(Embeddings tokens, IBackbone? backbone) => core is null ? backbone!.Forward(tokens) : core.forward(tokens.Values);
}
