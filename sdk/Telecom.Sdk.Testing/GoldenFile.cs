using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Telecom.Sdk.Testing;

/// <summary>
/// Compares results with files that were checked by a person. With <c>TELECOM_UPDATE_GOLDEN=1</c> a file is written instead, for the author to read before he
/// commits it; never where <c>CI</c> is set, so that no build agrees with itself.
/// </summary>
public static class GoldenFile
{
    /// <summary>Environment variable that turns comparing into writing.</summary>
    public const string UpdateVariable = "TELECOM_UPDATE_GOLDEN";

    private const string BuildServerVariable = "CI";

    // As people read it: two spaces, and nothing escaped that need not be.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static bool IsUpdating => Environment.GetEnvironmentVariable(UpdateVariable) is "1" or "true";

    private static bool IsBuildServer => Environment.GetEnvironmentVariable(BuildServerVariable) is { Length: > 0 } value && value != "false";

    /// <summary>Compares JSON as values: members in any order, numbers with a tolerance.</summary>
    /// <param name="path">The file.</param>
    /// <param name="actual">The result as JSON.</param>
    /// <param name="tolerance">How far numbers a and b may differ, |a − b| ≤ tolerance · max(1, |a|, |b|); 0 or more.</param>
    /// <exception cref="PluginTestException">The result is another, or there is no file.</exception>
    public static void AssertJson(string path, string actual, double tolerance = 0)
    {
        var node = JsonNode.Parse(actual);
        if (Update(path, Write(node)))
        {
            return;
        }

        if (JsonDifference.Find(JsonNode.Parse(Read(path)), node, tolerance) is { } difference)
        {
            throw Differs(path, $"The result is another: {difference}.");
        }
    }

    /// <summary>Compares text line by line; how lines end does not matter.</summary>
    /// <param name="path">The file.</param>
    /// <param name="actual">The result.</param>
    /// <exception cref="PluginTestException">The result is another, or there is no file.</exception>
    public static void AssertText(string path, string actual)
    {
        var found = Normalize(actual);
        if (Update(path, found))
        {
            return;
        }

        var wanted = Normalize(Read(path));
        if (wanted == found)
        {
            return;
        }

        var (wantedLines, foundLines) = (wanted.Split('\n'), found.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(wantedLines.Length, foundLines.Length))
            .First(index => wantedLines.ElementAtOrDefault(index) != foundLines.ElementAtOrDefault(index));
        throw Differs(
            path,
            FormattableString.Invariant(
                $"Line {line + 1} is '{foundLines.ElementAtOrDefault(line) ?? "(none)"}' instead of '{wantedLines.ElementAtOrDefault(line) ?? "(none)"}'."));
    }

    private static bool Update(string path, string content)
    {
        if (!IsUpdating)
        {
            return false;
        }

        if (IsBuildServer)
        {
            throw new PluginTestException(
                "Golden files are not written on a build server.", path, $"Unset {UpdateVariable}, and update the file on a developer's machine.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, content);
        return true;
    }

    private static string Read(string path) => File.Exists(path)
        ? File.ReadAllText(path)
        : throw new PluginTestException("There is no golden file.", path, $"Run the test with {UpdateVariable}=1, read what it wrote, and commit it.");

    private static string Normalize(string text) => text.ReplaceLineEndings("\n");

    private static string Write(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            if (node is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                node.WriteTo(writer);
            }
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static PluginTestException Differs(string path, string what) => new(
        what, path, $"If the new result is right, run the test with {UpdateVariable}=1 and commit the file; otherwise the code has changed what it computes.");
}
