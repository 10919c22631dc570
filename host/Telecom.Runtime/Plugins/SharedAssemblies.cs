using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.Loader;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Assemblies that every plugin takes from the host: an explicit list and everything those refer to. Types that cross the border between host and
/// plugin must come from here, or they would not be equal.
/// </summary>
internal sealed class SharedAssemblies
{
    private static readonly string[] Explicit =
    [
        "Telecom.Sdk",
        "TorchSharp",
        "System.Composition.AttributedModel",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Options",
        "System.Numerics.Tensors",
    ];

    private static readonly Lazy<SharedAssemblies> HostAssemblies = new(() => new(AssemblyLoadContext.Default));

    private SharedAssemblies(AssemblyLoadContext context)
    {
        var roots = Explicit.Select(name => TryLoad(context, new AssemblyName(name))).OfType<Assembly>().ToList();
        var closure = new Dictionary<string, Assembly>(StringComparer.OrdinalIgnoreCase);
        var pending = new Queue<Assembly>(roots);
        while (pending.TryDequeue(out var assembly))
        {
            if (!closure.TryAdd(assembly.GetName().Name!, assembly))
            {
                continue;
            }

            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                pending.Enqueue(TryLoad(context, reference) ?? throw new FileNotFoundException(
                    $"{assembly.GetName().Name} refers to {reference.Name} {reference.Version}, which is missing. Reinstall the host."));
            }
        }

        Roots = [.. roots.Select(assembly => assembly.GetName())];
        Versions = closure.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.GetName().Version!, StringComparer.OrdinalIgnoreCase);
        Overridable = closure.Values
            .Where(assembly => !roots.Contains(assembly) && IsThirdParty(assembly))
            .Select(assembly => assembly.GetName())
            .ToFrozenDictionary(name => name.Name!, StringComparer.OrdinalIgnoreCase);
    }

    private SharedAssemblies(SharedAssemblies host, IReadOnlyList<SharedContract> contracts)
    {
        Roots = [.. host.Roots, .. contracts.Select(contract => contract.Name)];
        Versions = host.Versions.Concat(contracts.Select(contract => KeyValuePair.Create(contract.Name.Name!, contract.Name.Version!)))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Overridable = host.Overridable;
        Contracts = contracts.ToFrozenDictionary(contract => contract.Name.Name!, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The shared assemblies of this process; computed once.</summary>
    public static SharedAssemblies Host => HostAssemblies.Value;

    /// <summary>The explicit list, as far as the host carries it.</summary>
    public IReadOnlyList<AssemblyName> Roots { get; }

    /// <summary>The whole closure: name to the version this host carries.</summary>
    public FrozenDictionary<string, Version> Versions { get; }

    /// <summary>Third-party assemblies of the closure; a plugin that brings its own copy keeps it to itself.</summary>
    public FrozenDictionary<string, AssemblyName> Overridable { get; }

    /// <summary>Contract assemblies of other plugins in this view.</summary>
    public FrozenDictionary<string, SharedContract> Contracts { get; } = FrozenDictionary<string, SharedContract>.Empty;

    /// <summary>The view of a plugin that names contract assemblies which others brought; what the host shares stays the host's.</summary>
    public SharedAssemblies With(IEnumerable<SharedContract> contracts) =>
        new(this, [.. contracts.Where(contract => !Versions.ContainsKey(contract.Name.Name!))]);

    /// <summary>Whether a plugin's own copy of this assembly would be ignored.</summary>
    public bool IsImposed(string name) => Versions.ContainsKey(name) && !Overridable.ContainsKey(name);

    private static Assembly? TryLoad(AssemblyLoadContext context, AssemblyName name)
    {
        try
        {
            return context.LoadFromAssemblyName(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    // What .NET itself or its extensions bring appears in the signatures of other shared assemblies; a second copy would split those types.
    private static bool IsThirdParty(Assembly assembly)
    {
        var name = assembly.GetName().Name!;
        var isFramework = name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);
        return !isFramework && Path.GetDirectoryName(assembly.Location) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
    }
}
