using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>The work that one path adds to a frozen linear layer, on made-up tensors: what calibration measures.</summary>
internal sealed class PathProbe
{
    /// <summary>Layers that one run goes through.</summary>
    public const int Layers = 2;

    private readonly int runs;
    private readonly Tensor x;
    private readonly (Tensor A, Tensor B)[] layers;
    private readonly Tensor y;
    private readonly Tensor mask;

    /// <param name="runs">Adapters N.</param>
    /// <param name="tokens">Tokens M of each.</param>
    /// <param name="rank">Rank R.</param>
    /// <param name="inputs">Input width.</param>
    /// <param name="outputs">Output width.</param>
    /// <param name="elementType">Element type of the base.</param>
    /// <param name="device">Device of the base.</param>
    public PathProbe(int runs, int tokens, int rank, long inputs, long outputs, ScalarType elementType, Device device)
    {
        this.runs = runs;
        Tensor Ones(params long[] shape) => ones(shape, elementType, device);
        x = Ones(runs * tokens, inputs);

        // Several, as in a model: factors that were used a moment ago would come from the cache.
        layers = [.. Enumerable.Range(0, Layers).Select(_ => (Ones(runs, rank, inputs), Ones(runs, rank, outputs)))];
        y = Ones(runs * tokens, outputs);
        mask = Ones(runs * tokens, runs, 1);
    }

    /// <summary>Runs a path on every layer; its tensors lie in the caller's scope.</summary>
    public void Run(ServingPath path)
    {
        foreach (var (a, b) in layers)
        {
            Run(path, a, b);
        }

        if (x.device_type == DeviceType.CUDA)
        {
            cuda.synchronize(x.device);
        }
    }

    private void Run(ServingPath path, Tensor a, Tensor b)
    {
        // The gathered products are the output's first writing; the others add to one that exists: both pay for one fresh output.
        switch (path)
        {
            case ServingPath.Gathered:
                x.view(runs, x.shape[0] / runs, -1).bmm(a.transpose(1, 2)).bmm(b);
                break;
            case ServingPath.Masked:
                var low = nn.functional.linear(x, a.view(-1, a.shape[2]));
                low.view(x.shape[0], runs, -1).mul_(mask);
                y.zeros_like().addmm_(low, b.view(-1, b.shape[2]), 1, 1);
                break;
            default:
                var tokens = x.shape[0] / runs;
                var output = y.zeros_like();
                for (var n = 0; n < runs; n++)
                {
                    var part = nn.functional.linear(x.narrow(0, n * tokens, tokens), a.select(0, n));
                    output.narrow(0, n * tokens, tokens).addmm_(part, b.select(0, n), 1, 1);
                }

                break;
        }
    }
}
