using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>Reads the JSON documents of a bundle; whatever is wrong with one becomes an error that names the file.</summary>
internal static class BundleDocument
{
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/> naming the file.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type) =>
        Read(path, json => JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the document is null."));

    /// <inheritdoc cref="Read{T}(string, JsonTypeInfo{T})"/>
    public static Dictionary<string, string> ReadSettings(string path) => Read(path, Settings);

    private static T Read<T>(string path, Func<byte[], T> parse)
    {
        try
        {
            return parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static Dictionary<string, string> Settings(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var value = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
            if (!settings.TryAdd(member.Name, value))
            {
                throw new JsonException($"the setting '{member.Name}' stands there twice.");
            }
        }

        return settings;
    }
}
