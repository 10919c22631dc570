using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace Telecom.Host.Rest.Conditions;

/// <summary>Tags of documents: equal for equal bytes (RFC 9110, 8.8.3).</summary>
internal static class EntityTag
{
    private const int TagBytes = 12;

    /// <returns>The tag with its quotation marks.</returns>
    public static string Of(ReadOnlySpan<byte> content) => $"\"{Base64Url.EncodeToString(SHA256.HashData(content).AsSpan(0, TagBytes))}\"";

    /// <returns>The tag of a document as it is written.</returns>
    public static string Of<T>(T document, JsonTypeInfo<T> metadata) => Of(JsonSerializer.SerializeToUtf8Bytes(document, metadata));

    /// <summary>Whether <c>If-None-Match</c> of a request names the tag.</summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known) && IsAmong(known, tag, isStrong: false);

    /// <summary>Whether <c>If-Match</c> of a request is absent or names the tag.</summary>
    public static bool IsExpected(HttpRequest request, string tag) =>
        request.Headers.IfMatch.Count == 0
        || (EntityTagHeaderValue.TryParseList(request.Headers.IfMatch, out var expected) && IsAmong(expected, tag, isStrong: true));

    private static bool IsAmong(IEnumerable<EntityTagHeaderValue> tags, string tag, bool isStrong)
    {
        var own = new EntityTagHeaderValue(tag);
        return tags.Any(other => other.Equals(EntityTagHeaderValue.Any) || own.Compare(other, isStrong));
    }
}
