using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>What is trained of a policy: from windows of steps to logits of levels.</summary>
/// <param name="name">Name of the module.</param>
internal abstract class PolicyModules(string name) : nn.Module(name)
{
    /// <summary>Logits of the last step of every window.</summary>
    /// <param name="batch">Windows.</param>
    /// <param name="backbone">The shared base; null for policies with a network of their own.</param>
    /// <returns>[B, M].</returns>
    public abstract Tensor LastLevels(StepBatch batch, IBackbone? backbone);

    /// <summary>Logits of every step of every window.</summary>
    /// <param name="batch">Windows.</param>
    /// <param name="backbone">As above.</param>
    /// <returns>[B · steps, M].</returns>
    public abstract Tensor AllLevels(StepBatch batch, IBackbone? backbone);
}
