using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Names what in a plugin's code may hold it in memory after it was released: calls of the few members that are known to make the process refer to a
/// plugin's types. Read from its files; nothing is run.
/// </summary>
internal static class LeakSuspects
{
    private const int ShownCalls = 8;
    private const string None =
        "Its code has none of the usual causes (reflection JSON, timers, threads, events of the host, async-local values): a caller keeps a task, " +
        "dataset or exception of it.";

    // Opcodes that take a member: call, callvirt, newobj (ECMA-335 III.3.19, III.4.2, III.4.21).
    private static readonly byte[] Calls = [0x28, 0x6F, 0x73];

    /// <returns>A sentence with every suspect: kind, the member of the plugin, and what it calls.</returns>
    public static string Describe(string folder)
    {
        List<string> suspects = [.. Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal).SelectMany(Find).Distinct()];
        return suspects.Count == 0
            ? None
            : $"Suspects: {string.Join("; ", suspects.Take(ShownCalls))}{(suspects.Count > ShownCalls ? "; and more" : string.Empty)}.";
    }

    private static List<string> Find(string path)
    {
        using var stream = File.OpenRead(path);
        using var image = new PEReader(stream);
        if (!image.HasMetadata)
        {
            return [];
        }

        var metadata = image.GetMetadataReader();
        if (!metadata.IsAssembly || SharedAssemblies.Host.IsImposed(metadata.GetString(metadata.GetAssemblyDefinition().Name)))
        {
            return [];
        }

        var causes = Causes(metadata);
        if (causes.Count == 0)
        {
            return [];
        }

        var found = new List<string>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            var code = image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? [];
            found.AddRange(Called(code, causes).Select(cause => $"{cause} in {Name(metadata, method)}"));
        }

        return found;
    }

    // A token that happens to follow a byte which looks like a call gives one suspect too many, never one too few.
    private static IEnumerable<string> Called(byte[] code, Dictionary<int, string> causes)
    {
        for (var i = 0; i + sizeof(int) < code.Length; i++)
        {
            if (Calls.Contains(code[i]) && causes.TryGetValue(BitConverter.ToInt32(code, i + 1), out var cause))
            {
                yield return cause;
            }
        }
    }

    private static Dictionary<int, string> Causes(MetadataReader metadata)
    {
        var causes = new Dictionary<int, string>();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (TypeName(metadata, member.Parent) is { } type && Cause(type, metadata.GetString(member.Name), Signature(metadata, member)) is { } cause)
            {
                causes[MetadataTokens.GetToken(handle)] = cause;
            }
        }

        // A call of a generic method names an instantiation of it.
        for (var row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            var handle = MetadataTokens.MethodSpecificationHandle(row);
            if (causes.TryGetValue(MetadataTokens.GetToken(metadata.GetMethodSpecification(handle).Method), out var cause))
            {
                causes[MetadataTokens.GetToken(handle)] = cause;
            }
        }

        return causes;
    }

    private static string? Cause(string type, string member, string signature) => (type, member) switch
    {
        ("System.Text.Json.JsonSerializer", _) when signature.Contains("JsonSerializerOptions", StringComparison.Ordinal) =>
            $"reflection JSON ({type}.{member})",
        ("System.Threading.Timer" or "System.Timers.Timer" or "System.Threading.PeriodicTimer", ".ctor") => $"timer ({type})",
        ("System.Threading.Thread", ".ctor") => $"thread ({type})",
        ("System.Threading.AsyncLocal`1", "set_Value") => "async-local value (System.Threading.AsyncLocal)",
        ("System.ComponentModel.TypeDescriptor", _) => $"type descriptor ({type}.{member})",
        ("System.Runtime.InteropServices.GCHandle", "Alloc") => $"handle ({type})",
        ("System.Threading.ThreadPool", "RegisterWaitForSingleObject") => $"registered wait ({type})",
        _ when member.StartsWith("add_", StringComparison.Ordinal) => $"event handler ({type}.{member["add_".Length..]})",
        _ => null,
    };

    private static string? TypeName(MetadataReader metadata, EntityHandle parent)
    {
        if (parent.Kind is HandleKind.TypeSpecification)
        {
            var blob = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);

            // Generic instance: its signature is GENERICINST, CLASS or VALUETYPE, then the type (ECMA-335 II.23.2.14).
            if (blob.ReadSignatureTypeCode() is not SignatureTypeCode.GenericTypeInstance)
            {
                return null;
            }

            _ = blob.ReadCompressedInteger();
            parent = blob.ReadTypeHandle();
        }

        if (parent.Kind is not HandleKind.TypeReference)
        {
            return null;
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    private static string Signature(MetadataReader metadata, MemberReference member)
    {
        if (member.GetKind() is not MemberReferenceKind.Method)
        {
            return string.Empty;
        }

        var blob = metadata.GetBlobReader(member.Signature);
        var names = new List<string>();
        while (blob.RemainingBytes > 1)
        {
            if (blob.ReadByte() == (byte)SignatureTypeKind.Class)
            {
                var handle = blob.ReadTypeHandle();
                if (handle.Kind is HandleKind.TypeReference)
                {
                    names.Add(metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)handle).Name));
                }
            }
        }

        return string.Join(' ', names);
    }

    private static string Name(MetadataReader metadata, MethodDefinition method)
    {
        var type = metadata.GetTypeDefinition(method.GetDeclaringType());
        while (type.IsNested)
        {
            type = metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        var space = metadata.GetString(type.Namespace);
        return $"{(space.Length == 0 ? string.Empty : space + ".")}{metadata.GetString(type.Name)}";
    }
}
