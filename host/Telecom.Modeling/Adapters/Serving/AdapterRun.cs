using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>Consecutive tokens of one adapter.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Start">First token.</param>
/// <param name="Count">Number of tokens.</param>
internal readonly record struct AdapterRun(Adapter Adapter, long Start, long Count)
{
    /// <returns>The rows of this run; the tensor itself where these are all.</returns>
    public Tensor Slice(Tensor rows) => rows.shape[0] == Count ? rows : rows.narrow(0, Start, Count);
}
