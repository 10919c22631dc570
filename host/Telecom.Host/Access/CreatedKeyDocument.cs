using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Telecom.Host.Access;

/// <summary>A new key with its secret, for whoever made it.</summary>
internal sealed record CreatedKeyDocument : KeyDocument
{
    /// <param name="shown">What anybody may see of it.</param>
    /// <param name="key">The whole key.</param>
    [SetsRequiredMembers]
    public CreatedKeyDocument(KeyDocument shown, string key)
        : base(shown) =>
        Key = key;

    /// <summary>The whole key. It is shown here and never again.</summary>
    [JsonPropertyOrder(-1)]
    public string Key { get; }
}
