using System.Text.Json.Serialization.Metadata;

namespace Telecom.Host.Rest.Conditions;

/// <summary>Makes <see cref="TaggedJson{T}"/> answers.</summary>
internal static class Tagged
{
    public static TaggedJson<T> Json<T>(T document, JsonTypeInfo<T> metadata, int status = StatusCodes.Status200OK) => new(document, metadata, status);
}
