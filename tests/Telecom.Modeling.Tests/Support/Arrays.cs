using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Support;

/// <summary>Tensors from and to plain arrays.</summary>
internal static class Arrays
{
    public static float[] Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().contiguous();
        return plain.numel() == 0 ? [] : plain.data<float>().ToArray();
    }

    public static byte[] BytesOf(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().bytes.ToArray();
    }

    /// <summary>Standard normal numbers of a seed.</summary>
    public static float[] Normal(ulong seed, long count)
    {
        var values = new float[count];
        new NormalStream(seed).Fill(values, 1);
        return values;
    }

    /// <returns>[rows, length, width] standard normal.</returns>
    public static Tensor Tokens(ulong seed, long rows, long length, long width) =>
        tensor(Normal(seed, rows * length * width), [rows, length, width]);

    public static double MaxDifference(Tensor a, Tensor b)
    {
        Assert.Equal(a.shape, b.shape);
        return MaxDifference(Of(a), Of(b));
    }

    public static double MaxDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        var largest = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            Assert.True(float.IsFinite(a[i]) && float.IsFinite(b[i]), "A value is not finite.");
            largest = Math.Max(largest, Math.Abs((double)a[i] - b[i]));
        }

        return largest;
    }
}
