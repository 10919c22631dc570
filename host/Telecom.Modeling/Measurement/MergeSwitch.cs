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

    public void Run(ForwardSegment[] segments)
    {
        foreach (var segment in segments)
        {
            using var scope = NewDisposeScope();
            var adapter = segment.Adapter!;
            foreach (var placement in adapter.Placements)
            {
                var parameters = adapter.Linear(placement.Site.Layer, placement.Site.Target)!.Parameters;
                Weight(model.Weights, placement).addmm_(
                    parameters[LoraLinear.NameB], parameters[LoraLinear.NameA], 1, (float)placement.Settings.Scale);
            }

            BenchBase.Forward(model, [segment with { Adapter = null }]);
            foreach (var placement in adapter.Placements)
            {
                Weight(model.Weights, placement).copy_(Weight(original, placement));
            }
        }
    }

    public void Dispose()
    {
        model.Dispose();
        original.Dispose();
    }

    private static Tensor Weight(BaseWeights weights, AdapterPlacement placement) => weights.Tensors[placement.Site.Path + ".weight"];
}
