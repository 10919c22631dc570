using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Telecom.Host.Access;

/// <summary>API keys as callers write them: <c>telecom_ID_SECRET</c>.</summary>
internal static class KeyText
{
    /// <summary>What every key begins with.</summary>
    public const string Start = "telecom_";

    /// <summary>Bytes of the hash that is kept instead of a secret.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Characters of a key before its secret.</summary>
    public const int LongestPrefix = 8 + IdLength;

    private const int SecretBytes = 32;
    private const int IdLength = 12;

    // Letters and digits that nobody mistakes for one another: 31^12 ids are enough that two never meet.
    private const string IdLetters = "abcdefghjkmnpqrstuvwxyz23456789";

    private static readonly int SecretLength = Base64Url.GetEncodedLength(SecretBytes);

    /// <returns>A new id.</returns>
    public static string NewId() => RandomNumberGenerator.GetString(IdLetters, IdLength);

    /// <returns>A new secret of 256 random bits.</returns>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <returns>The whole key.</returns>
    public static string Write(string id, string secret) => $"{Start}{id}_{secret}";

    /// <returns>The part of a key that may be shown.</returns>
    public static string Prefix(string id) => Start + id;

    /// <summary>Takes a key apart.</summary>
    /// <returns>Whether it has the form of one.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, out ReadOnlySpan<char> id, out ReadOnlySpan<char> secret)
    {
        id = default;
        secret = default;
        if (text.Length != Start.Length + IdLength + 1 + SecretLength || !text.StartsWith(Start, StringComparison.Ordinal) || text[Start.Length + IdLength] != '_')
        {
            return false;
        }

        id = text.Slice(Start.Length, IdLength);
        secret = text[(Start.Length + IdLength + 1)..];
        return Ascii.IsValid(secret);
    }

    /// <summary>SHA-256 of a secret. A slow hash would add nothing: 256 random bits cannot be guessed.</summary>
    /// <param name="secret">A secret in ASCII.</param>
    /// <param name="hash">Takes <see cref="HashBytes"/> bytes.</param>
    public static void Hash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[SecretLength];
        Encoding.ASCII.GetBytes(secret, bytes);
        SHA256.HashData(bytes, hash);
        CryptographicOperations.ZeroMemory(bytes);
    }
}
