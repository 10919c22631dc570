using System.Text.Json;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Modeling.Bundles;

/// <summary>Writes a bundle folder whole or not at all.</summary>
public static class BundleWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Writes beside <paramref name="directory"/> and renames. Executor thread only.</summary>
    /// <param name="directory">Target; must not exist, or be empty.</param>
    /// <param name="contents">What to write.</param>
    /// <exception cref="TelecomException">The target is not empty.</exception>
    public static void Write(string directory, BundleContents contents)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        RequireVacant(target);

        // Hidden, so that whoever lists bundles never takes a half-written folder for one.
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(temporary);
        try
        {
            Fill(temporary, contents);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <summary>Refuses a target that holds something.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>.</exception>
    public static void RequireVacant(string directory)
    {
        if (File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()))
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{directory} is not empty: name another folder with --out, or delete it first.");
        }
    }

    private static void Fill(string directory, BundleContents contents)
    {
        File.WriteAllText(
            Path.Combine(directory, BundleLayout.Card),
            JsonSerializer.Serialize(contents.Card, BundleJson.Default.BundleCard) + "\n");
        WriteSettings(Path.Combine(directory, BundleLayout.Task), contents.Settings);
        SafetensorsWriter.Write(Path.Combine(directory, BundleLayout.Modules), contents.Modules.state_dict());
        if (contents.Adapter is not { } adapter)
        {
            return;
        }

        PeftWriter.Write(directory, adapter, contents.Card.Base, contents.Card.BaseFingerprint);
    }

    private static void WriteSettings(string path, SettingValues settings)
    {
        using var stream = File.Create(path);
        using var writer = new Utf8JsonWriter(stream, Indented);
        writer.WriteStartObject();
        foreach (var (name, value) in settings.Pairs)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }
}
