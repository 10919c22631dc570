using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.Lists;

/// <summary>Position behind one item of one list, by the item's key, so that items that come or go do not shift the pages behind it.</summary>
/// <remarks>Layout: first 8 bytes of the SHA-256 of the list's address and filter, then the key in UTF-8; base64url.</remarks>
internal static class ListCursor
{
    private const int OriginBytes = 8;
    private const int LongestCursor = 2048;

    public static string Write(string list, string key) => Base64Url.EncodeToString([.. Origin(list), .. Encoding.UTF8.GetBytes(key)]);

    /// <returns>The key of the item before the page.</returns>
    /// <exception cref="InvalidInputException">The text is not a cursor of this list.</exception>
    public static string Read(string list, string cursor)
    {
        if (cursor.Length <= LongestCursor
            && Base64Url.IsValid(cursor)
            && Base64Url.DecodeFromChars(cursor) is { Length: >= OriginBytes } bytes
            && bytes.AsSpan(0, OriginBytes).SequenceEqual(Origin(list)))
        {
            return Encoding.UTF8.GetString(bytes.AsSpan(OriginBytes));
        }

        throw new InvalidInputException(
            "/cursor", "is not a cursor of this list: pass the nextCursor of the page before unchanged and with the same filter, or none at first.");
    }

    private static ReadOnlySpan<byte> Origin(string list) => SHA256.HashData(Encoding.UTF8.GetBytes(list)).AsSpan(0, OriginBytes);
}
