using System.Text.Json;
using Telecom.Runtime.Plugins;
using Telecom.Testing;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginFingerprintTests
{
    // platform.md §15.2.
    public static TheoryData<string, Dictionary<string, string>> Golden => new()
    {
        { "9924adc8907ad6080775e01154e87fe11f426c8098abcc3693c5245fb7745ae2", new() { ["plugin.json"] = "{}" } },
        {
            "f4912ccbca7a36d19a5f99d3afbb4ca334d6c2804b456548040b6d3af1e4a2a5",
            new() { ["b.dll"] = "B", ["lib/z.so"] = "z", ["a.dll"] = "a", ["A.dll"] = "A" }
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Compute_gives_the_golden_fingerprint(string expected, Dictionary<string, string> files) =>
        Assert.Equal(expected, Fingerprint(files.Select(file => (file.Key, System.Text.Encoding.UTF8.GetBytes(file.Value)))));

    [Fact]
    public void Compute_agrees_with_every_case_of_the_shared_data()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.Folder("platform"), "fingerprint_cases.json")));

        foreach (var item in document.RootElement.EnumerateArray())
        {
            var files = item.GetProperty("files_hex").EnumerateObject().Select(file => (file.Name, Convert.FromHexString(file.Value.GetString()!)));
            Assert.Equal(item.GetProperty("fingerprint").GetString(), Fingerprint(files));
        }
    }

    [Fact]
    public void Compute_changes_with_a_name_as_well_as_with_a_content()
    {
        var original = Fingerprint([("a", [1]), ("b", [2])]);

        Assert.NotEqual(original, Fingerprint([("a", [1]), ("c", [2])]));
        Assert.NotEqual(original, Fingerprint([("a", [1]), ("b", [3])]));
        Assert.Equal(original, Fingerprint([("b", [2]), ("a", [1])]));
    }

    private static string Fingerprint(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var sandbox = new PluginSandbox();
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(sandbox.Plugins, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return PluginFingerprint.Compute(sandbox.Plugins);
    }
}
