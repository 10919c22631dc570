using System.Diagnostics;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;
using TorchSharp;

namespace Telecom.Sdk.Tests.Native;

public sealed class NativeRuntimeTests
{
    private const string DataHome = "XDG_DATA_HOME";

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

    [Fact]
    public void EnsureLoaded_from_many_threads_changes_nothing()
    {
        var before = NativeRuntime.Report;

        Parallel.For(0, 32, _ => NativeRuntime.EnsureLoaded());

        Assert.Equal(before with { MappedLibTorch = [], MappedShims = [] }, NativeRuntime.Report with { MappedLibTorch = [], MappedShims = [] });
        Assert.True(NativeRuntime.Report.IsLoadedOnce);
    }

    [Fact]
    public void EnsureLoaded_with_another_folder_after_loading_says_that_it_comes_too_late()
    {
        var exception = Assert.Throws<TelecomException>(() => NativeRuntime.EnsureLoaded(new() { LibTorchPath = Path.GetTempPath() }));

        Assert.Equal(ErrorCode.NativeLibrary, exception.Code);
        Assert.Contains("comes too late", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_start_together_share_one_new_cache()
    {
        Assert.SkipUnless(NativeRuntime.Report.MissingVersions.Count > 0, "The plain shim loads on this system.");
        var home = Directory.CreateTempSubdirectory("telecom-home-").FullName;
        try
        {
            var exits = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunMultiplicationAsync(home)));

            Assert.All(exits, exit => Assert.True(exit.Code == 0, exit.Output));
            Assert.Equal(["libLibTorchSharp.so"], Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<(int Code, string Output)> RunMultiplicationAsync(string home)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(NativeRuntimeTests).Assembly.Location);
        }

        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(NativeRuntimeTests).FullName}.{nameof(Tensors_multiply_with_the_product_computed_by_hand)}");
        start.Environment[DataHome] = home;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }
}
