using Telecom.Sdk.Native;
using TorchSharp;

namespace Telecom.Sdk.Tests.Native;

public sealed class NativeRuntimeTests
{
    [Fact]
    public void Tensors_multiply_with_the_product_computed_by_hand()
    {
        using var left = torch.tensor(new float[] { 1, 2, 3, 4 }).reshape(2, 2);
        using var right = torch.tensor(new float[] { 5, 6, 7, 8 }).reshape(2, 2);

        using var product = left.matmul(right);

        // [1 2; 3 4] [5 6; 7 8] = [5+14 6+16; 15+28 18+32]
        Assert.Equal([19f, 22f, 43f, 50f], product.data<float>().ToArray());
    }

    [Fact]
    public void One_libtorch_and_one_shim_are_mapped_after_the_first_tensor()
    {
        using var one = torch.ones(1);

        var report = NativeRuntime.Report;

        Assert.True(report.Status is NativeRuntimeStatus.Plain or NativeRuntimeStatus.Patched or NativeRuntimeStatus.External, report.Summary);
        Assert.True(report.IsLoadedOnce, $"{string.Join(' ', report.MappedLibTorch)} {string.Join(' ', report.MappedShims)}");
        Assert.Equal(report.ShimPath, report.MappedShims.Single());
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")), "TorchSharp fell into its own search and copied libtorch.");
    }
}
