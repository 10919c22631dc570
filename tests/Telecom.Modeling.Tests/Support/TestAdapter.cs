using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Methods;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Support;

/// <summary>Adapters with both factors filled, as after training.</summary>
internal static class TestAdapter
{
    public static AdapterOptions AllTargets(int rank, double alpha = 8) => new()
    {
        Rank = rank,
        Alpha = alpha,
        Dropout = 0,
        Targets = LinearTargets.Names,
    };

    public static LoraAdapter Trained(AdapterOptions options, BaseConfiguration configuration, ulong seed)
    {
        var adapter = new LoraAdapter(options, configuration, CPU, seed);
        Fill(adapter, seed);
        return adapter;
    }

    /// <summary>Gives every parameter normal values of deviation 0.2.</summary>
    public static void Fill(LoraAdapter adapter, ulong seed)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in adapter.Parameters)
        {
            using var values = tensor(Arrays.Normal(seed + (ulong)name.Length, parameter.numel()), parameter.shape);
            using var scaled = values.mul(0.2);
            parameter.copy_(scaled);
        }
    }

    public static void Set(LoraAdapter adapter, string name, float[] values)
    {
        using var noGradient = no_grad();
        var parameter = adapter.Parameters[name];
        using var source = tensor(values, parameter.shape);
        parameter.copy_(source);
    }
}
