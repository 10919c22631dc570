using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>How one base serves adapters: their stacks, and the choice among paths. Executor thread only.</summary>
/// <param name="elementType">Element type of the base.</param>
/// <param name="device">Device of the base.</param>
/// <param name="paths">Which path to take.</param>
internal sealed class AdapterServing(ScalarType elementType, Device device, IPathChooser paths) : IDisposable
{
    private const long MaxStackBytes = 512L << 20;

    public ScalarType ElementType => elementType;

    public Device Device => device;

    public IPathChooser Paths => paths;

    public FactorStacks Stacks { get; } = new(MaxStackBytes);

    public void Dispose() => Stacks.Dispose();
}
