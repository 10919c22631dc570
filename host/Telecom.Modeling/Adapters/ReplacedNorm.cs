using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Weight and bias of a norm that an adapter brings along whole.</summary>
/// <param name="Weight">[d].</param>
/// <param name="Bias">[d]; null where the norm has none.</param>
internal sealed record ReplacedNorm(Tensor Weight, Tensor? Bias);
