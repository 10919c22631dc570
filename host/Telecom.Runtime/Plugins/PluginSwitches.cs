using System.Text.Json;

namespace Telecom.Runtime.Plugins;

/// <summary>What an operator, or a crash, decided about plugins, kept in a file of the state folder. Safe to call from any thread.</summary>
internal sealed class PluginSwitches
{
    private const string FileName = "switches.json";

    private readonly Lock gate = new();
    private readonly string path;
    private PluginSwitchesDocument document;

    private PluginSwitches(string path, PluginSwitchesDocument document)
    {
        this.path = path;
        this.document = document;
    }

    /// <summary>Reads the file; a damaged one counts as empty, for no plugin may keep a host from starting.</summary>
    public static PluginSwitches Open(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, "plugins", FileName);
        try
        {
            return new(path, File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), PluginJson.Default.PluginSwitchesDocument) ?? new()
                : new());
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return new(path, new());
        }
    }

    /// <summary>Whether an operator switched the plugin off.</summary>
    public bool IsDisabled(string pluginId) => (Read().Disabled ?? []).Contains(pluginId, StringComparer.Ordinal);

    /// <returns>How often the process died while this very version ran; 0 for never.</returns>
    public int Crashes(string pluginId, string? fingerprint) =>
        (Read().Crashed ?? []).FirstOrDefault(crash => crash.Plugin == pluginId && crash.Fingerprint == fingerprint)?.Times ?? 0;

    public void Disable(string pluginId, bool isDisabled) => Change(now => now with
    {
        Disabled = [.. (now.Disabled ?? []).Where(id => id != pluginId), .. isDisabled ? [pluginId] : (string[])[]],
    });

    /// <summary>Remembers that the process died while this version ran.</summary>
    public void AddCrash(JournalEntry entry)
    {
        var times = Crashes(entry.PluginId, entry.Fingerprint) + 1;
        Change(now => now with
        {
            Crashed = [.. (now.Crashed ?? []).Where(crash => crash.Plugin != entry.PluginId), new(entry.PluginId, entry.Fingerprint, times)],
        });
    }

    public void ClearCrashes(string pluginId) => Change(now => now with { Crashed = [.. (now.Crashed ?? []).Where(crash => crash.Plugin != pluginId)] });

    private PluginSwitchesDocument Read()
    {
        lock (gate)
        {
            return document;
        }
    }

    private void Change(Func<PluginSwitchesDocument, PluginSwitchesDocument> change)
    {
        lock (gate)
        {
            document = change(document);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var incoming = FormattableString.Invariant($"{path}.{Guid.NewGuid():N}");
            File.WriteAllBytes(incoming, JsonSerializer.SerializeToUtf8Bytes(document, PluginJson.Default.PluginSwitchesDocument));
            File.Move(incoming, path, overwrite: true);
        }
    }
}
