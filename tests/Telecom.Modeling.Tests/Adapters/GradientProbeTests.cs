using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class GradientProbeTests
{
    [Fact]
    public void Sums_are_the_gradients_by_the_weights_which_stay_frozen()
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var scope = NewDisposeScope();
        using var probe = new Adapter(new GradientProbe(), AdapterSamples.Placements(model.Weights), seed: 1);
        var path = LinearTargets.Path(1, "down_proj");
        var weight = model.Weights.Tensors[path + ".weight"];
        var batches = new[] { Arrays.Tokens(1, 2, 4, 16), Arrays.Tokens(2, 2, 4, 16) };
        Tensor Loss(Tensor tokens, Adapter? adapter) => model.Forward([new ForwardSegment(new Embeddings(tokens), adapter)])[0].square().sum();

        foreach (var batch in batches)
        {
            Loss(batch, probe).backward();
        }

        var gradients = GradientProbe.Collect(probe);
        Assert.Equal(14, gradients.Count);
        Assert.Null(weight.grad);
        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());

        // The same gradient with W itself as the variable.
        weight.requires_grad_(true);
        foreach (var batch in batches)
        {
            Loss(batch, null).backward();
        }

        var scale = weight.grad!.abs().max().item<float>();
        Assert.InRange(Arrays.MaxDifference(weight.grad!, gradients[path]) / scale, 0, 1e-5);
    }
}
