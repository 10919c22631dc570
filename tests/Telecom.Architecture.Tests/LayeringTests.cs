using System.Xml.Linq;

namespace Telecom.Architecture.Tests;

/// <summary>Arrows point one way only: architecture.md §2 and platform.md §1.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> AllowedOfHost = new()
    {
        ["Telecom.Client"] = [],
        ["Telecom.Sdk"] = [],
        ["Telecom.Sdk.Testing"] = ["Telecom.Runtime", "Telecom.Modeling", "Telecom.Sdk"],
        ["Telecom.Modeling"] = ["Telecom.Sdk"],
        ["Telecom.Runtime"] = ["Telecom.Modeling", "Telecom.Sdk"],
        ["Telecom.Jobs"] = ["Telecom.Runtime", "Telecom.Sdk"],
        ["telecom"] = ["Telecom.Jobs", "Telecom.Runtime", "Telecom.Modeling", "Telecom.Sdk"],
    };

    [Fact]
    public void Every_assembly_beside_the_host_refers_to_lower_layers_only()
    {
        var assemblies = HostAssemblies();

        Assert.Equal(AllowedOfHost.Keys.Order(StringComparer.Ordinal), assemblies.Select(assembly => assembly.Name).Order(StringComparer.Ordinal));
        Assert.All(assemblies, assembly => AssertOursAmong(assembly, AllowedOfHost[assembly.Name]));
    }

    [Fact]
    public void Plugins_and_datasets_refer_to_the_sdk_only()
    {
        var assemblies = StagedAssemblies();

        Assert.NotEmpty(assemblies);
        Assert.All(assemblies, assembly => AssertOursAmong(assembly, ["Telecom.Sdk"]));
    }

    [Fact]
    public void Every_project_with_a_manifest_is_staged_beside_the_host()
    {
        var manifests = new[] { "plugins", "datasets" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "plugin.json", SearchOption.AllDirectories))
            .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!));

        Assert.Equal(manifests.Order(StringComparer.Ordinal), StagedAssemblies().Select(assembly => assembly.Name).Order(StringComparer.Ordinal));
    }

    // What the host shares must not lie in a plugin folder, libtorch least of all.
    [Fact]
    public void Staged_plugins_carry_nothing_that_the_host_brings() => Assert.DoesNotContain(
        Directory.EnumerateFiles(PluginDirectory, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
        name => name is "Telecom.Sdk.dll" or "System.Composition.AttributedModel.dll" || name!.Contains("torch", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Web_assemblies_are_referred_to_by_the_host_executable_only()
    {
        var libraries = HostAssemblies().Where(assembly => assembly.Name != "telecom").Concat(StagedAssemblies());

        Assert.All(libraries, assembly => Assert.DoesNotContain(assembly.References, IsWeb));
    }

    // The compiler drops references that nobody uses yet, so the project files are read as well.
    [Fact]
    public void Web_packages_and_frameworks_stand_in_the_host_project_only()
    {
        var projects =
            from folder in new[] { "sdk", "host", "plugins", "datasets" }
            from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)
            let project = XDocument.Load(path)
            where project.Root!.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk.Web"
                || project.Descendants().Attributes("Include").Any(include => IsWeb(include.Value))
            select Path.GetFileName(path);

        Assert.Equal(["Telecom.Host.csproj"], projects);
    }

    // The one arrow from sdk to host is the test kit's, and only tests may take it.
    [Fact]
    public void Nothing_that_ships_refers_to_the_test_kit()
    {
        var projects =
            from folder in new[] { "sdk", "host", "plugins", "datasets" }
            from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)
            where XDocument.Load(path).Descendants("ProjectReference").Attributes("Include")
                .Any(include => include.Value.EndsWith("Telecom.Sdk.Testing.csproj", StringComparison.Ordinal))
            select Path.GetFileName(path);

        Assert.Empty(projects);
    }

    private static string PluginDirectory => Path.Combine(AppContext.BaseDirectory, "plugins");

    private static List<(string Name, IReadOnlyList<string> References)> HostAssemblies() =>
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(path => IsOurs(Path.GetFileNameWithoutExtension(path)) && path != typeof(LayeringTests).Assembly.Location)
            .Select(AssemblyReferences.Read),
    ];

    private static List<(string Name, IReadOnlyList<string> References)> StagedAssemblies() =>
        [.. Directory.EnumerateFiles(PluginDirectory, "Telecom.*.dll", SearchOption.AllDirectories).Select(AssemblyReferences.Read)];

    private static void AssertOursAmong((string Name, IReadOnlyList<string> References) assembly, string[] allowed)
    {
        var forbidden = assembly.References.Where(IsOurs).Except(allowed).ToList();
        Assert.True(forbidden.Count == 0, $"{assembly.Name} must not refer to {string.Join(", ", forbidden)}.");
    }

    private static bool IsWeb(string name) => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal);

    private static bool IsOurs(string name) => name is "telecom" || name.StartsWith("Telecom.", StringComparison.Ordinal);
}
