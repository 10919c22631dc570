using System.Globalization;
using Telecom.Modeling.Bundles;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Adapters;

/// <summary>An adapter as requests name it: <c>name</c> for the current version, or <c>name@version</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The version; null for the current one.</param>
internal readonly record struct AdapterReference(string Name, long? Version)
{
    /// <exception cref="TelecomException"><see cref="ErrorCode.AdapterNotFound"/>: no adapter can have that name or version.</exception>
    public static AdapterReference Parse(string text)
    {
        var at = text.LastIndexOf('@');
        var name = at < 0 ? text : text[..at];
        if (!AdapterStore.IsName(name))
        {
            throw Unknown(text);
        }

        return at < 0 ? new AdapterReference(name, null)
            : long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? new AdapterReference(name, version)
                : throw Unknown(text);
    }

    public override string ToString() => Version is { } version ? string.Create(CultureInfo.InvariantCulture, $"{Name}@{version}") : Name;

    private static TelecomException Unknown(string text) =>
        new(ErrorCode.AdapterNotFound, $"There is no adapter '{text}': name one as NAME or NAME@VERSION; GET /api/v1/models/adapters lists them.");
}
