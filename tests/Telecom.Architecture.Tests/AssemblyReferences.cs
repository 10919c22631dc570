using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Telecom.Architecture.Tests;

/// <summary>Reads what an assembly refers to without loading it.</summary>
internal static class AssemblyReferences
{
    public static (string Name, IReadOnlyList<string> References) Read(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return (
            metadata.GetString(metadata.GetAssemblyDefinition().Name),
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))]);
    }
}
