using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;

namespace Telecom.Sdk.Tests.Native;

/// <summary>Everything here fails before a library is opened, or opens files this process holds already.</summary>
public sealed class NativeLoaderTests : IDisposable
{
    private static readonly string Packaged = Path.GetDirectoryName(RealPath(NativeRuntime.Report.MappedLibTorch.Single()))!;

    private readonly string root = Directory.CreateTempSubdirectory("telecom-native-").FullName;

    public NativeLoaderTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The files these tests write are ELF files.");
        Write("libtorch.so", new TinyElf().Build());
        Write("libtorch_cpu.so", new TinyElf().Build());
        Write("libc10.so", new TinyElf().Build());
    }

    private string Lib => Path.Combine(root, "torch", "lib");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Named_folder_that_is_absent_is_an_error_that_names_the_setting() =>
        Fails(new() { LibTorchPath = Path.Combine(root, "nowhere") }, "Native:LibTorchPath", "nowhere' is not a folder");

    [Fact]
    public void Named_folder_without_libtorch_is_an_error_that_names_the_file() =>
        Fails(new() { LibTorchPath = root }, root, "holds no libtorch.so", "'lib' folder");

    [Fact]
    public void Named_folder_without_the_core_is_an_error_that_names_the_file()
    {
        File.Delete(Path.Combine(Lib, "libtorch_cpu.so"));

        Fails(new() { LibTorchPath = Lib }, Lib, "holds no libtorch_cpu.so");
    }

    [Fact]
    public void Executable_without_libtorch_is_an_error_that_names_package_and_setting() =>
        Fails(
            new() { LibTorchPath = null, BaseFolder = root },
            "No libtorch.so in",
            root,
            "libtorch-cpu-linux-",
            NativeRuntimeOptions.LibTorchPathVariable);

    [Fact]
    public void Executable_without_shim_is_an_error_that_names_the_shim() =>
        Fails(new() { LibTorchPath = Lib, BaseFolder = root }, "No libLibTorchSharp.so in", root);

    [Fact]
    public void Text_file_in_place_of_a_library_is_refused_before_it_is_loaded()
    {
        Write("libtorch.so", new byte[500]);

        Fails(new() { LibTorchPath = Lib }, "libtorch.so", "is not an ELF file");
    }

    [Fact]
    public void Truncated_library_is_refused_before_it_is_loaded()
    {
        Write("libtorch_cpu.so", File.ReadAllBytes(Path.Combine(Packaged, "libc10.so"))[..^1_000_000]);

        Fails(new() { LibTorchPath = Lib }, "libtorch_cpu.so", "is truncated");
    }

    [Fact]
    public void Library_for_another_processor_is_refused_before_it_is_loaded()
    {
        Write("libtorch.so", new TinyElf { Machine = 8 }.Build());

        Fails(new() { LibTorchPath = Lib }, "libtorch.so", "another processor", "ELF machine 8");
    }

    [Theory]
    [InlineData("build-version", "2.11.0+cpu\n")]
    [InlineData("version.py", "from typing import Optional\n\n__all__ = ['__version__']\n__version__ = '2.11.0+cpu'\n")]
    public void Other_version_is_refused_with_the_way_to_try_it(string file, string content)
    {
        File.WriteAllText(Path.Combine(root, "torch", file), content);

        Fails(new() { LibTorchPath = Lib + "/" }, "is libtorch 2.11.0+cpu", "made for 2.10", NativeRuntimeOptions.AllowOtherVersionVariable);
    }

    [Fact]
    public void Library_that_lacks_symbols_of_the_shim_is_refused()
    {
        // Any small library that is loaded already does: none of libtorch's functions are in libm.
        foreach (var file in Directory.GetFiles(Lib))
        {
            File.Delete(file);
            File.CreateSymbolicLink(file, LoadedLibraries.Named("libm.so").Single());
        }

        File.WriteAllText(Path.Combine(root, "torch", "version.py"), "__version__ = '2.10.1'\n");

        Fails(new() { LibTorchPath = Lib }, Lib, "lacks", "symbols that the shim needs", "use libtorch 2.10");
    }

    [Fact]
    public void Second_libtorch_beside_the_executable_is_refused()
    {
        var second = Path.Combine(root, "libtorch_cpu.so");
        File.WriteAllBytes(second, new TinyElf().Build());

        Fails(new() { LibTorchPath = Lib, BaseFolder = root }, second, "second libtorch");
    }

    [Fact]
    public void Cache_that_cannot_be_written_is_an_error_that_names_the_folder()
    {
        Assert.SkipUnless(NativeRuntime.Report.MissingVersions.Count > 0, "The plain shim loads on this system.");
        var blocked = Path.Combine(root, "file");
        File.WriteAllText(blocked, string.Empty);

        Fails(
            new() { LibTorchPath = Packaged, CacheFolder = Path.Combine(blocked, "native") },
            blocked,
            "Make the folder writable",
            NativeRuntimeOptions.CacheFolderVariable);
    }

    [Fact]
    public void External_folder_is_loaded_and_reported()
    {
        var loader = new NativeLoader(new() { LibTorchPath = Packaged });

        loader.Load();

        Assert.Equal(NativeRuntimeStatus.External, loader.Report.Status);
        Assert.Equal(Packaged, loader.Report.LibTorchPath);
        Assert.Contains(Packaged, loader.Report.Summary, StringComparison.Ordinal);
        Assert.True(NativeRuntime.Report.IsLoadedOnce);
    }

    private static string RealPath(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static void Fails(NativeRuntimeOptions options, params string[] parts)
    {
        var loader = new NativeLoader(options);

        var exception = Assert.Throws<TelecomException>(loader.Load);

        Assert.Equal(ErrorCode.NativeLibrary, exception.Code);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.Equal(NativeRuntimeStatus.Failed, loader.Report.Status);
        Assert.Equal(exception.Message, loader.Report.Summary);
    }

    private void Write(string file, byte[] content)
    {
        Directory.CreateDirectory(Lib);
        File.WriteAllBytes(Path.Combine(Lib, file), content);
    }
}
