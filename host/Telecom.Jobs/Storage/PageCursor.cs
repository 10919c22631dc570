using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Storage;

/// <summary>Position behind one row of one query, signed so that nobody builds his own and nobody continues another query with it.</summary>
/// <remarks>
/// Layout: time in microseconds (8 bytes, big endian), id (16 bytes), first 16 bytes of HMAC-SHA-256 over both and the filter; base64url.
/// </remarks>
internal readonly record struct PageCursor(long CreatedAt, Guid Id)
{
    private const int PositionBytes = 24;
    private const int SignatureBytes = 16;

    public string Write(PredictionQuery query, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[PositionBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt);
        Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        Sign(bytes[..PositionBytes], query, key).CopyTo(bytes[PositionBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="InvalidInputException">The text is not a cursor of this query.</exception>
    public static PageCursor Read(string text, PredictionQuery query, ReadOnlySpan<byte> key)
    {
        var bytes = new byte[PositionBytes + SignatureBytes];

        // 40 bytes make exactly 54 characters; longer text is not decoded at all.
        if (text.Length != Base64Url.GetEncodedLength(bytes.Length)
            || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var written)
            || written != bytes.Length
            || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(PositionBytes), Sign(bytes.AsSpan(0, PositionBytes), query, key)))
        {
            throw new InvalidInputException(
                "/cursor",
                "is not a cursor of this query: pass the nextCursor of the page before unchanged and with the same filter, or none at first.");
        }

        return new(BinaryPrimitives.ReadInt64BigEndian(bytes), new Guid(bytes.AsSpan(8, 16), bigEndian: true));
    }

    private static byte[] Sign(ReadOnlySpan<byte> position, PredictionQuery query, ReadOnlySpan<byte> key)
    {
        var filter = string.Join(
            '\0',
            query.Task ?? "*",
            query.Method ?? "*",
            query.JobId?.ToString("D") ?? "*",
            Bound(query.From),
            Bound(query.To));
        byte[] message = [.. position, .. Encoding.UTF8.GetBytes(filter)];
        return HMACSHA256.HashData(key, message)[..SignatureBytes];
    }

    private static string Bound(DateTimeOffset? time) =>
        time is { } value ? UnixMicroseconds.From(value).ToString(CultureInfo.InvariantCulture) : "*";
}
