using System.Reflection;
using System.Runtime.Loader;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Contract assemblies that plugins share with each other, e.g. the records of a new domain: each is loaded once, from the plugin that named it
/// first, so that a dataset of one plugin yields what a task of another takes.
/// </summary>
/// <remarks>Read into memory: they outlive the copy of the plugin that brought them.</remarks>
internal sealed class ContractContext() : AssemblyLoadContext("contracts", isCollectible: true)
{
    private readonly Dictionary<string, SharedContract> contracts = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>The contracts among <paramref name="names"/> that a plugin brought already.</returns>
    public IReadOnlyList<SharedContract> Known(IEnumerable<string> names) =>
        [.. names.Where(contracts.ContainsKey).Select(name => contracts[name])];

    /// <summary>Makes a file the shared version of its assembly from now on.</summary>
    public void Add(string path, string pluginId)
    {
        using var image = File.OpenRead(path);
        var symbolPath = Path.ChangeExtension(path, ".pdb");
        using var symbols = File.Exists(symbolPath) ? File.OpenRead(symbolPath) : null;
        var assembly = LoadFromStream(image, symbols);
        contracts.Add(assembly.GetName().Name!, new(assembly.GetName(), pluginId));
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        contracts.ContainsKey(assemblyName.Name!) ? Assemblies.First(assembly => IsNamed(assembly, assemblyName.Name!)) : null;

    private static bool IsNamed(Assembly assembly, string name) => string.Equals(assembly.GetName().Name, name, StringComparison.OrdinalIgnoreCase);
}
