using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Telecom.Runtime.Plugins;

/// <summary>What a managed assembly says about itself, read without loading it.</summary>
internal sealed record AssemblyFacts
{
    private const string PluginAttribute = "Telecom.Sdk.Plugins.TelecomPluginAttribute";
    private const string FrameworkAttribute = "System.Runtime.Versioning.TargetFrameworkAttribute";

    /// <summary>File name.</summary>
    public required string FileName { get; init; }

    /// <summary>Assembly name and version.</summary>
    public required AssemblyName Name { get; init; }

    /// <summary>Assemblies it refers to.</summary>
    public required IReadOnlyList<AssemblyName> References { get; init; }

    /// <summary>Contract of <c>[assembly: TelecomPlugin]</c>; null without the attribute.</summary>
    public required string? Contract { get; init; }

    /// <summary>Target framework, e.g. <c>.NETCoreApp,Version=v10.0</c>; null when it names none.</summary>
    public required string? TargetFramework { get; init; }

    /// <summary>Whether native code is mixed in.</summary>
    public required bool IsMixedMode { get; init; }

    /// <returns>The facts; null when the file is not a managed assembly.</returns>
    public static AssemblyFacts? TryRead(string path)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(path));
            if (!image.HasMetadata)
            {
                return null;
            }

            var metadata = image.GetMetadataReader();
            return metadata.IsAssembly ? Read(path, image, metadata) : null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private static AssemblyFacts Read(string path, PEReader image, MetadataReader metadata)
    {
        var header = image.PEHeaders.CorHeader!;
        return new()
        {
            FileName = Path.GetFileName(path),
            Name = metadata.GetAssemblyDefinition().GetAssemblyName(),
            References = [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName())],
            Contract = Argument(metadata, PluginAttribute),
            TargetFramework = Argument(metadata, FrameworkAttribute),
            // Ahead-of-time compiled code is native too, but it is announced by a native header and loads like any other.
            IsMixedMode = (header.Flags & CorFlags.ILOnly) == 0 && header.ManagedNativeHeaderDirectory.Size == 0,
        };
    }

    private static string? Argument(MetadataReader metadata, string attributeName)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind is HandleKind.MemberReference
                && TypeName(metadata, metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent) == attributeName)
            {
                var value = metadata.GetBlobReader(attribute.Value);
                return value.ReadUInt16() == 1 ? value.ReadSerializedString() : null;
            }
        }

        return null;
    }

    private static string? TypeName(MetadataReader metadata, EntityHandle handle)
    {
        if (handle.Kind is not HandleKind.TypeReference)
        {
            return null;
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
