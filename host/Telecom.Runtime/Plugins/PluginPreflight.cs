using System.Runtime.Versioning;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Decides from the files alone whether a plugin can load. Without it a plugin built against a newer SDK would silently get a private copy of it, and
/// composition would find nothing and say nothing.
/// </summary>
internal static class PluginPreflight
{
    /// <summary>Checks a folder without running any of its code.</summary>
    /// <exception cref="TelecomException">Names what does not fit and both versions where versions are the reason.</exception>
    public static PreflightResult Check(string folder, PluginManifest manifest, SharedAssemblies shared)
    {
        CheckContract(manifest.Contract, $"{PluginManifestReader.FileName} of '{manifest.Id}'");
        CheckFramework(ParseFramework(manifest.TargetFramework), $"{PluginManifestReader.FileName} of '{manifest.Id}'");
        var mainPath = Path.Combine(folder, manifest.Main);
        if (!File.Exists(mainPath))
        {
            throw new TelecomException(ErrorCode.ManifestInvalid, $"main names '{manifest.Main}', but '{folder}' has no such file.");
        }

        var main = AssemblyFacts.TryRead(mainPath)
            ?? throw new TelecomException(ErrorCode.ManifestInvalid, $"'{mainPath}' is not a managed assembly.");
        AssemblyFacts[] all =
        [
            main,
            .. Directory.EnumerateFiles(folder, "*.dll", SearchOption.AllDirectories)
                .Where(path => path != mainPath).Order(StringComparer.Ordinal).Select(AssemblyFacts.TryRead).OfType<AssemblyFacts>(),
        ];
        var own = all.Where(assembly => !shared.IsImposed(assembly.Name.Name!)).ToList();
        CheckReferences(own, shared);
        CheckMixedMode(own);
        own.ForEach(CheckFramework);
        CheckMain(main, manifest);
        CheckContracts(own, manifest, shared);
        var exporting = own
            .Where(assembly => assembly.Contract is not null && !manifest.SharedAssemblies.Contains(assembly.Name.Name!))
            .Select(assembly => assembly.FileName)
            .Where(file => File.Exists(Path.Combine(folder, file)));
        return new([.. exporting], Warnings(all, shared));
    }

    private static void CheckReferences(List<AssemblyFacts> own, SharedAssemblies shared)
    {
        var brought = own.Select(assembly => assembly.Name.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var conflicts =
            from assembly in own
            from reference in assembly.References
            where reference.Version is not null && !brought.Contains(reference.Name!)
            let carried = shared.Versions.GetValueOrDefault(reference.Name!)
            where carried is not null && reference.Version > carried
            select $"{assembly.FileName} needs {reference.Name} {reference.Version}, but {Owner(shared, reference.Name!)} {carried}.";
        var text = string.Join(' ', conflicts);
        if (text.Length > 0)
        {
            throw new TelecomException(ErrorCode.SharedVersionConflict, $"{text} Update what is older, or rebuild the plugin against it.");
        }
    }

    private static string Owner(SharedAssemblies shared, string name) =>
        shared.Contracts.TryGetValue(name, out var contract) ? $"plugin '{contract.PluginId}' brought" : "this host shares";

    private static void CheckContracts(List<AssemblyFacts> own, PluginManifest manifest, SharedAssemblies shared)
    {
        var missing = manifest.SharedAssemblies.Where(name =>
            !shared.Versions.ContainsKey(name) && !own.Exists(assembly => assembly.FileName == name + ".dll" && assembly.Name.Name == name));
        if (missing.FirstOrDefault() is { } absent)
        {
            throw new TelecomException(
                ErrorCode.ManifestInvalid,
                $"sharedAssemblies names '{absent}', but the folder has no {absent}.dll and no plugin loaded before brought it.");
        }
    }

    private static void CheckMixedMode(List<AssemblyFacts> own)
    {
        if (own.Find(assembly => assembly.IsMixedMode) is { } mixed)
        {
            throw new TelecomException(
                ErrorCode.MixedMode,
                $"{mixed.FileName} mixes native code into a managed assembly (C++/CLI), which cannot load into a context that can be unloaded. " +
                "Call the native code through P/Invoke instead.");
        }
    }

    private static void CheckMain(AssemblyFacts main, PluginManifest manifest)
    {
        if (main.Contract is null)
        {
            throw new TelecomException(
                ErrorCode.ContractMismatch,
                $"{main.FileName} carries no [assembly: TelecomPlugin]. Build it with the targets of Telecom.Sdk, which add it.");
        }

        if (!PluginContract.TryParse(main.Contract, out var contract))
        {
            throw new TelecomException(ErrorCode.ContractMismatch, $"{main.FileName} names the contract '{main.Contract}'; it must be major.minor.");
        }

        CheckContract(contract, main.FileName);
        if (contract != manifest.Contract)
        {
            throw new TelecomException(
                ErrorCode.ManifestInvalid,
                $"The manifest names contract {manifest.Contract}, but {main.FileName} was compiled against {contract}: give both the same.");
        }
    }

    private static void CheckContract(PluginContract contract, string where)
    {
        if (!contract.FitsHost)
        {
            throw new TelecomException(
                ErrorCode.ContractMismatch,
                $"{where} asks for contract {contract}, but this host offers {PluginContract.Host}: " +
                "the major version must be equal and the minor not higher.");
        }
    }

    private static void CheckFramework(AssemblyFacts assembly)
    {
        if (assembly.TargetFramework is { } name && new FrameworkName(name) is { Identifier: ".NETCoreApp" } framework)
        {
            CheckFramework(framework.Version, assembly.FileName);
        }
    }

    private static void CheckFramework(Version framework, string where)
    {
        var host = new Version(Environment.Version.Major, Environment.Version.Minor);
        if (framework > host)
        {
            throw new TelecomException(
                ErrorCode.ContractMismatch,
                $"{where} targets net{framework}, but this host runs on net{host}. Build the plugin for net{host} or update the host.");
        }
    }

    private static Version ParseFramework(string moniker) => Version.Parse(moniker.AsSpan("net".Length));

    private static List<string> Warnings(AssemblyFacts[] all, SharedAssemblies shared) =>
    [
        .. from assembly in all
           let name = assembly.Name.Name!
           where shared.IsImposed(name) && !shared.Contracts.ContainsKey(name)
           let own = $"{assembly.FileName} {assembly.Name.Version}"
           select $"{own} is ignored: the host shares its own {shared.Versions[name]}. Leave it out of the folder.",
    ];
}
