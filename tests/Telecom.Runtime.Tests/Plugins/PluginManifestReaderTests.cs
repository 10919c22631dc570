using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginManifestReaderTests
{
    private const string Complete = """
        {
          "id": "demo.mean-1",
          "version": "1.2.3-rc.1+build.5",
          "main": "Demo.dll",
          "contract": "1.0",
          "targetFramework": "net10.0",
          "tasks": [
            { "name": "mean", "kind": "predict", "title": "Mean" },
            { "name": "mean", "kind": "train", "title": "Mean" },
            { "name": "numbers", "kind": "dataset", "title": "Numbers" }
          ],
          "requires": { "base": { "family": "llama", "hidden": 128, "minVersion": "1.0.0" } },
          "capabilities": ["network", "filesystem", "nativeCode", "training"],
          "limits": { "maxBatchRows": 8, "maxQueueDelayMs": 0, "timeoutMs": 1000, "memoryMb": 64 }
        }
        """;

    [Fact]
    public void Read_of_a_complete_manifest_gives_every_member()
    {
        var manifest = Read(Complete, "demo.mean-1");

        Assert.Equal(
            ("demo.mean-1", "1.2.3-rc.1+build.5", "Demo.dll", "net10.0"),
            (manifest.Id, manifest.Version, manifest.Main, manifest.TargetFramework));
        Assert.Equal(new PluginContract(1, 0), manifest.Contract);
        Assert.Equal(
            [
                new("mean", ManifestTaskKind.Predict, "Mean"),
                new("mean", ManifestTaskKind.Train, "Mean"),
                new("numbers", ManifestTaskKind.Dataset, "Numbers"),
            ],
            manifest.Tasks);
        Assert.Equal(["mean"], manifest.TaskIds);
        Assert.Equal(["numbers"], manifest.DatasetIds);
        Assert.Equal(new ManifestBase("llama", 128, "1.0.0"), manifest.RequiredBase);
        Assert.Equal(["network", "filesystem", "nativeCode", "training"], manifest.Capabilities);
        Assert.Equal(new ManifestLimits { MaxBatchRows = 8, MaxQueueDelayMs = 0, TimeoutMs = 1000, MemoryMb = 64 }, manifest.Limits);
        Assert.Empty(manifest.UnknownMembers);
    }

    [Fact]
    public void Read_of_an_empty_object_names_every_required_member()
    {
        var message = Refusal("{}");

        foreach (var member in new[] { "id", "version", "main", "contract", "targetFramework", "tasks" })
        {
            Assert.Contains($" {member} is missing.", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_names_every_wrong_member_in_one_refusal()
    {
        var message = Refusal("""
            {
              "id": "Upper Case", "version": "1", "main": "../evil.dll", "contract": "one", "targetFramework": "netcoreapp3.1",
              "tasks": [{ "name": "Bad Name", "kind": "guess" }, 7],
              "requires": { "base": { "family": "llama", "hidden": 0 } },
              "capabilities": ["root"],
              "limits": { "timeoutMs": "soon" }
            }
            """);

        Assert.Contains("id is 'Upper Case'; it must be", message, StringComparison.Ordinal);
        Assert.Contains("version is '1'; it must be a semantic version", message, StringComparison.Ordinal);
        Assert.Contains("main is '../evil.dll'; it must be the file name of a .dll", message, StringComparison.Ordinal);
        Assert.Contains("contract is 'one'; it must be major.minor", message, StringComparison.Ordinal);
        Assert.Contains("targetFramework is 'netcoreapp3.1'", message, StringComparison.Ordinal);
        Assert.Contains("tasks[0].name is 'Bad Name'", message, StringComparison.Ordinal);
        Assert.Contains("tasks[0].kind is 'guess'; it must be one of predict, train, dataset.", message, StringComparison.Ordinal);
        Assert.Contains("tasks[0].title is missing.", message, StringComparison.Ordinal);
        Assert.Contains("tasks[1] must be an object.", message, StringComparison.Ordinal);
        Assert.Contains("requires.base.hidden must be an integer of at least 1.", message, StringComparison.Ordinal);
        Assert.Contains("capabilities[0] is 'root'; it must be one of network", message, StringComparison.Ordinal);
        Assert.Contains("limits.timeoutMs must be an integer of at least 1.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_of_an_id_that_is_not_the_folder_name_names_both()
    {
        var message = Refusal(Complete, "other");

        Assert.Contains("id is 'demo.mean-1' but the folder is named 'other'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_keeps_unknown_members_for_a_warning()
    {
        var manifest = Read(
            Complete.Replace("\"limits\": {", "\"colour\": 1, \"limits\": { \"speed\": 2,", StringComparison.Ordinal), "demo.mean-1");

        Assert.Equal(["colour", "limits.speed"], manifest.UnknownMembers);
    }

    [Theory]
    [InlineData("""{ "id": """, "line 1")]
    [InlineData("[]", "must be a value of the documented type")]
    [InlineData("null", "is null; it must be a JSON object")]
    public void Read_of_something_else_than_an_object_says_where(string text, string expected) =>
        Assert.Contains(expected, Refusal(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1", false)]
    [InlineData("1.0.0", false)]
    [InlineData("1.-1", false)]
    [InlineData(" 1.0", false)]
    public void TryParse_of_a_contract_takes_major_and_minor_only(string text, bool expected) =>
        Assert.Equal(expected, PluginContract.TryParse(text, out _));

    private static string Refusal(string text, string folder = "demo")
    {
        var exception = Assert.Throws<TelecomException>(() => Read(text, folder));
        Assert.Equal(ErrorCode.ManifestInvalid, exception.Code);
        return exception.Message;
    }

    private static PluginManifest Read(string text, string folderName)
    {
        using var sandbox = new PluginSandbox();
        var folder = Directory.CreateDirectory(Path.Combine(sandbox.Plugins, folderName)).FullName;
        File.WriteAllText(Path.Combine(folder, "plugin.json"), text);
        return PluginManifestReader.Read(folder);
    }
}
