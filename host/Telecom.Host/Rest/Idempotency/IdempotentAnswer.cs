using System.Security.Cryptography;
using System.Text;

namespace Telecom.Host.Rest.Idempotency;

/// <summary>An answer that can be given again: status, headers that belong to it, and body.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Names and values.</param>
/// <param name="Body">Bytes.</param>
/// <remarks>
/// An answer may hold what is shown only once, such as the secret of a key. It is sealed with a key made from the caller's idempotency key, which the
/// host keeps nowhere: whoever reads the store reads nothing.
/// </remarks>
internal sealed record IdempotentAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    private const int KeyBytes = 32;

    // Headers that say something about the resource, and not about this exchange.
    private static readonly string[] Kept = ["Content-Type", "Location", "ETag", "Link", "Retry-After", "Preference-Applied"];

    public static IdempotentAnswer Of(HttpResponse response, ReadOnlyMemory<byte> body) => new(
        response.StatusCode,
        [.. Kept.Where(response.Headers.ContainsKey).Select(name => (name, response.Headers[name].ToString()))],
        body);

    /// <returns>Nonce, authentication tag, and the encrypted answer.</returns>
    public byte[] Seal(string key, string id)
    {
        var content = Write();
        var nonceBytes = AesGcm.NonceByteSizes.MaxSize;
        var tagBytes = AesGcm.TagByteSizes.MaxSize;
        var sealedBytes = new byte[nonceBytes + tagBytes + content.Length];
        var nonce = sealedBytes.AsSpan(0, nonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = Cipher(key, id);
        cipher.Encrypt(nonce, content, sealedBytes.AsSpan(nonceBytes + tagBytes), sealedBytes.AsSpan(nonceBytes, tagBytes));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was sealed with another key, or changed.</exception>
    public static IdempotentAnswer Unseal(ReadOnlySpan<byte> sealedBytes, string key, string id)
    {
        var nonceBytes = AesGcm.NonceByteSizes.MaxSize;
        var tagBytes = AesGcm.TagByteSizes.MaxSize;
        var content = new byte[sealedBytes.Length - nonceBytes - tagBytes];
        using var cipher = Cipher(key, id);
        cipher.Decrypt(sealedBytes[..nonceBytes], sealedBytes[(nonceBytes + tagBytes)..], sealedBytes.Slice(nonceBytes, tagBytes), content);
        return Read(content);
    }

    private static AesGcm Cipher(string key, string id) => new(
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key), KeyBytes, Encoding.UTF8.GetBytes(id), "telecom idempotent answer"u8.ToArray()),
        AesGcm.TagByteSizes.MaxSize);

    private byte[] Write()
    {
        using var buffer = new MemoryStream(Body.Length + 256);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Status);
            writer.Write(Headers.Count);
            foreach (var (name, value) in Headers)
            {
                writer.Write(name);
                writer.Write(value);
            }
        }

        buffer.Write(Body.Span);
        return buffer.ToArray();
    }

    private static IdempotentAnswer Read(byte[] content)
    {
        using var buffer = new MemoryStream(content);
        using var reader = new BinaryReader(buffer, Encoding.UTF8);
        var status = reader.ReadInt32();
        var headers = new (string Name, string Value)[reader.ReadInt32()];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = (reader.ReadString(), reader.ReadString());
        }

        return new(status, headers, content.AsMemory((int)buffer.Position));
    }
}
