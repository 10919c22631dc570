using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>The other thing a user would write: merge an adapter into the weights, run its rows, put the weights back, once per request.</summary>
/// <remarks>On a base of its own, which it does write.</remarks>
internal sealed class MergeSwitch : IDisposable
{
    private readonly BaseWeights original = BenchBase.Weights();
    private readonly BaseModel model;

    public MergeSwitch() => model = new BaseModel(BenchBase.Weights());

    /// <returns>Hidden states per segment; the caller disposes.</returns>
    public Tensor[] Run(ForwardSegment[] segments)
    {
        var outputs = new Tensor[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            using var scope = NewDisposeScope();
            var segment = segments[i];
            var adapter = segment.Adapter!;
            foreach (var placement in adapter.Placements)
            {
                var parameters = adapter.Linear(placement.Site.Layer, placement.Site.Target)!.Parameters;
                Weight(model.Weights, placement).addmm_(
                    parameters[LoraLinear.NameB], parameters[LoraLinear.NameA], 1, (float)placement.Settings.Scale);
            }

            outputs[i] = model.Forward([segment with { Adapter = null }])[0].MoveToOuterDisposeScope();
            foreach (var placement in adapter.Placements)
            {
                Weight(model.Weights, placement).copy_(Weight(original, placement));
            }
        }

        return outputs;
    }

    /// <summary>The fingerprint of the weights as they are now.</summary>
    public string RecomputeFingerprint() => model.Weights.RecomputeFingerprint();

    public void Dispose()
    {
        model.Dispose();
        original.Dispose();
    }

    private static Tensor Weight(BaseWeights weights, AdapterPlacement placement) => weights.Tensors[placement.Site.Path + ".weight"];
}
