using System.Text.Json;

namespace Telecom.Modeling.Checkpoints;

/// <summary>Small JSON documents beside checkpoint files.</summary>
internal static class JsonFile
{
    // The index of a model with 100 000 tensors has about 10 MB; anything larger is not one of these documents.
    private const long MaxLength = 64 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Reads a file whose root must be an object.</summary>
    /// <returns>Null, with a line in <paramref name="problems"/>, when it is missing or malformed.</returns>
    public static JsonDocument? ReadObject(string path, List<string> problems)
    {
        var name = Path.GetFileName(path);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                problems.Add($"{name} is missing");
                return null;
            }

            if (file.Length > MaxLength)
            {
                problems.Add($"{name} has {file.Length} bytes, more than the limit of {MaxLength}");
                return null;
            }

            var document = JsonDocument.Parse(File.ReadAllBytes(path), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            problems.Add($"{name} must hold a JSON object");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            problems.Add($"{name} cannot be read: {exception.Message}");
        }

        return null;
    }

    /// <summary>Writes an object under a temporary name and renames it.</summary>
    public static void Write(string path, Action<Utf8JsonWriter> members)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                using (var writer = new Utf8JsonWriter(stream, Indented))
                {
                    writer.WriteStartObject();
                    members(writer);
                    writer.WriteEndObject();
                }

                stream.Write("\n"u8);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
