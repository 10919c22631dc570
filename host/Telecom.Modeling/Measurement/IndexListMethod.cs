using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>
/// What a user would write for rows of several adapters, and PEFT does: for every linear layer a loop over the adapters that picks each one's rows by an
/// index list and adds its product there.
/// </summary>
/// <param name="adapters">The adapters.</param>
/// <param name="tokens">Per adapter, the places of its tokens in the batch.</param>
internal sealed class IndexListMethod(Adapter[] adapters, Tensor[] tokens) : IAdapterMethod
{
    public string Name => "index-lists";

    public AdapterKind Kind => AdapterKind.Weight;

    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) => new Loop(
        [.. adapters.Select(adapter => adapter.Linear(site.Layer, site.Target)!)], tokens, settings.Scale);

    /// <returns>One adapter that stands for all; the adapters themselves stay the caller's.</returns>
    public static Adapter Over(Adapter[] adapters, Tensor[] tokens) =>
        new(new IndexListMethod(adapters, tokens), adapters[0].Placements, seed: 0);

    private sealed class Loop(AdaptedLinear[] linears, Tensor[] tokens, double scale) : AdaptedLinear
    {
        private readonly Scalar scale = scale;
        private readonly Scalar one = 1;

        public override Tensor DeltaWeight() => throw new NotSupportedException("Several adapters have no common weight.");

        protected override Tensor? Compute(Tensor x, Tensor? y, bool training)
        {
            for (var i = 0; i < linears.Length; i++)
            {
                var low = nn.functional.linear(x.index_select(0, tokens[i]), linears[i].Parameters[LoraLinear.NameA].to(x.dtype));
                var delta = nn.functional.linear(low, linears[i].Parameters[LoraLinear.NameB].to(x.dtype)).mul(scale);
                y!.index_add_(0, tokens[i], delta, one);
            }

            // Everything is added already.
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            scale.Dispose();
            one.Dispose();
        }
    }
}
