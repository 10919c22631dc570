using System.Buffers.Binary;
using System.Text;

namespace Telecom.Modeling.Tests.Checkpoints;

/// <summary>Safetensors files put together by hand, so that broken ones can be made.</summary>
internal static class SafetensorsBytes
{
    public static byte[] File(string header, int dataLength) => File(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    public static byte[] File(byte[] header, byte[] data)
    {
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        return [.. prefix, .. header, .. data];
    }

    public static byte[] Prefix(ulong headerLength, params byte[] rest)
    {
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, headerLength);
        return [.. prefix, .. rest];
    }

    public static string Entry(string name, string dataType, string shape, string offsets) =>
        $$"""
        "{{name}}":{"dtype":"{{dataType}}","shape":{{shape}},"data_offsets":{{offsets}}}
        """;
}
