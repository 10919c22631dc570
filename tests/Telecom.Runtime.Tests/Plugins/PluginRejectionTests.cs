using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginRejectionTests
{
    private const string Main = "Telecom.Fixtures.Affine.dll";

    [Fact]
    public async Task A_plugin_built_against_a_newer_sdk_is_refused_with_both_versions()
    {
        using var sandbox = new PluginSandbox("future-contract");
        await using var catalog = sandbox.Load();

        var record = Rejected(catalog, ErrorCode.SharedVersionConflict);
        Assert.Contains("needs Telecom.Sdk 2.0.0.0, but this host shares 1.0.0.0", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_of_a_newer_contract_is_refused_with_both_versions()
    {
        using var sandbox = new PluginSandbox("future-contract");
        PluginSandbox.EditManifest(Path.Combine(sandbox.Plugins, "future-contract"), manifest => manifest["contract"] = "2.0");
        await using var catalog = sandbox.Load();

        var record = Rejected(catalog, ErrorCode.ContractMismatch);
        Assert.Contains("asks for contract 2.0, but this host offers 1.0", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_without_exports_is_refused_with_what_was_loaded_from_where()
    {
        using var sandbox = new PluginSandbox("no-exports");
        await using var catalog = sandbox.Load();

        var record = Rejected(catalog, ErrorCode.NoExports);
        Assert.Contains("No class is exported with [ExportTask] or [ExportDataset].", record.Reason, StringComparison.Ordinal);
        Assert.Contains("The manifest lists the task 'silence', which no class exports.", record.Reason, StringComparison.Ordinal);
        Assert.Contains($"Telecom.Fixtures.NoExports 0.1.0.0 from {sandbox.State}", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_promises_more_and_other_things_is_refused_with_each_difference()
    {
        using var sandbox = new PluginSandbox("affine");
        Edit(sandbox, manifest => manifest["tasks"] = new JsonArray(
            new JsonObject { ["name"] = "affine", ["kind"] = "predict", ["title"] = "t" },
            new JsonObject { ["name"] = "cubic", ["kind"] = "predict", ["title"] = "t" },
            new JsonObject { ["name"] = "stairs", ["kind"] = "dataset", ["title"] = "t" }));
        await using var catalog = sandbox.Load();

        var record = Rejected(catalog, ErrorCode.NoExports);
        Assert.Contains("The manifest lists the task 'cubic', which no class exports.", record.Reason, StringComparison.Ordinal);
        Assert.Contains("The manifest lists the dataset 'stairs', which no class exports.", record.Reason, StringComparison.Ordinal);
        Assert.Contains("The dataset 'ramp' is exported but missing from the manifest's tasks.", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_manifest_is_refused()
    {
        using var sandbox = new PluginSandbox("affine");
        File.Delete(Path.Combine(sandbox.Plugins, "affine", "plugin.json"));
        await using var catalog = sandbox.Load();

        Assert.Contains("has no plugin.json", Rejected(catalog, ErrorCode.ManifestInvalid).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dll_directly_in_the_plugin_directory_is_refused_with_the_way_out()
    {
        using var sandbox = new PluginSandbox("affine");
        File.Move(Path.Combine(sandbox.Plugins, "affine", Main), Path.Combine(sandbox.Plugins, Main));
        Directory.Delete(Path.Combine(sandbox.Plugins, "affine"), recursive: true);
        await using var catalog = sandbox.Load();

        var record = Rejected(catalog, ErrorCode.ManifestInvalid);
        Assert.Equal(Main, record.Id);
        Assert.Contains("Put it into a folder of its own together with its plugin.json", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_main_file_that_is_missing_is_named()
    {
        using var sandbox = new PluginSandbox("affine");
        File.Delete(Path.Combine(sandbox.Plugins, "affine", Main));
        await using var catalog = sandbox.Load();

        Assert.Contains($"main names '{Main}', but", Rejected(catalog, ErrorCode.ManifestInvalid).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_main_file_that_is_not_managed_is_refused()
    {
        using var sandbox = new PluginSandbox("affine");
        File.WriteAllText(Path.Combine(sandbox.Plugins, "affine", Main), "not a portable executable");
        await using var catalog = sandbox.Load();

        Assert.Contains("is not a managed assembly", Rejected(catalog, ErrorCode.ManifestInvalid).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assembly_that_was_not_built_with_the_sdk_is_refused()
    {
        using var sandbox = new PluginSandbox("private-dependency-a");
        PluginSandbox.EditManifest(Path.Combine(sandbox.Plugins, "private-dependency-a"), manifest => manifest["main"] = "CsvHelper.dll");
        await using var catalog = sandbox.Load();

        var record = Rejected(catalog, ErrorCode.ContractMismatch);
        Assert.Contains("CsvHelper.dll carries no [assembly: TelecomPlugin]", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mixed_mode_assembly_is_refused()
    {
        using var sandbox = new PluginSandbox("affine");
        ClearIntermediateLanguageOnlyFlag(Path.Combine(sandbox.Plugins, "affine", Main));
        await using var catalog = sandbox.Load();

        Assert.Contains("mixes native code into a managed assembly", Rejected(catalog, ErrorCode.MixedMode).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_framework_newer_than_the_host_is_refused_with_both()
    {
        using var sandbox = new PluginSandbox("affine");
        Edit(sandbox, manifest => manifest["targetFramework"] = "net99.0");
        await using var catalog = sandbox.Load();

        Assert.Contains(
            $"targets net99.0, but this host runs on net{Environment.Version.Major}.0",
            Rejected(catalog, ErrorCode.ContractMismatch).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_name_that_is_taken_is_refused_with_its_owner()
    {
        using var sandbox = new PluginSandbox("affine");
        sandbox.Add("affine", "zebra");
        PluginSandbox.EditManifest(Path.Combine(sandbox.Plugins, "zebra"), manifest => manifest["id"] = "zebra");
        await using var catalog = sandbox.Load();

        Assert.Equal(PluginState.Active, catalog.Plugins[0].State);
        Assert.Equal((PluginState.Rejected, ErrorCode.TaskNameTaken), (catalog.Plugins[1].State, catalog.Plugins[1].Error));
        Assert.Contains("The task 'affine' is offered by plugin 'affine' already", catalog.Plugins[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama", 128, "1.0.0", PluginState.Active)]
    [InlineData("llama", 128, "1.1.0", PluginState.Incompatible)]
    [InlineData("llama", 256, null, PluginState.Incompatible)]
    [InlineData("gpt2", 128, null, PluginState.Incompatible)]
    public async Task A_plugin_for_another_base_is_incompatible(string family, int hidden, string? minVersion, PluginState expected)
    {
        using var sandbox = new PluginSandbox("affine");
        var needed = new JsonObject { ["family"] = family, ["hidden"] = hidden };
        if (minVersion is not null)
        {
            needed["minVersion"] = minVersion;
        }

        Edit(sandbox, manifest => manifest["requires"] = new JsonObject { ["base"] = needed });
        var options = sandbox.Options() with { Base = new("llama", 128, "1.0.0") };
        await using var catalog = PluginCatalog.Load(options, TimeProvider.System, sandbox.Logger);

        var record = Assert.Single(catalog.Plugins);
        Assert.Equal(expected, record.State);
        Assert.Equal(expected is PluginState.Active ? null : ErrorCode.BaseIncompatible, record.Error);
    }

    [Fact]
    public async Task Oddities_are_warnings()
    {
        using var sandbox = new PluginSandbox("affine");
        Edit(sandbox, manifest => manifest["colour"] = "blue");
        File.Copy(typeof(ErrorCode).Assembly.Location, Path.Combine(sandbox.Plugins, "affine", "Telecom.Sdk.dll"));
        await using var catalog = sandbox.Load();

        var record = Assert.Single(catalog.Plugins);
        Assert.Equal(PluginState.Active, record.State);
        Assert.Equal(
            [
                "plugin.json has the unknown member 'colour', which is ignored.",
                "Telecom.Sdk.dll 1.0.0.0 is ignored: the host shares its own 1.0.0.0. Leave it out of the folder.",
            ],
            record.Warnings);
    }

    private static PluginRecord Rejected(PluginCatalog catalog, ErrorCode code)
    {
        var record = Assert.Single(catalog.Plugins);
        Assert.Equal((PluginState.Rejected, code), (record.State, record.Error));
        Assert.Empty(catalog.Tasks);
        Assert.Empty(catalog.Datasets.All);
        return record;
    }

    private static void Edit(PluginSandbox sandbox, Action<JsonObject> edit) =>
        PluginSandbox.EditManifest(Path.Combine(sandbox.Plugins, "affine"), edit);

    // ECMA-335 II.25.3.3: the flags stand 16 bytes into the CLI header; bit 0 is ILONLY.
    private static void ClearIntermediateLanguageOnlyFlag(string path)
    {
        var image = File.ReadAllBytes(path);
        using (var reader = new PEReader(new MemoryStream(image)))
        {
            image[reader.PEHeaders.CorHeaderStartOffset + 16] &= 0xFE;
        }

        File.WriteAllBytes(path, image);
    }
}
