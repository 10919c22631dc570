using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Modeling.Bundles;

/// <summary>A bundle folder whose documents were read; its weights are loaded into modules that the method built.</summary>
public sealed class Bundle
{
    private readonly PeftConfiguration? peft;

    private Bundle(string directory, BundleCard card, IReadOnlyDictionary<string, string> settings, PeftConfiguration? peft)
    {
        Folder = directory;
        Card = card;
        Settings = settings;
        this.peft = peft;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The card.</summary>
    public BundleCard Card { get; }

    /// <summary>The method's settings as they were trained.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The adapter's shape; null when the bundle has none.</summary>
    public AdapterOptions? Adapter => peft is null
        ? null
        : new AdapterOptions { Rank = peft.Rank, Alpha = peft.Alpha, Dropout = peft.Dropout, Targets = peft.Targets };

    /// <summary>Whether <paramref name="directory"/> looks like a bundle at all.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, BundleLayout.Card));

    /// <summary>Reads the documents of a bundle.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/> naming the file.</exception>
    public static Bundle Open(string directory)
    {
        var card = Document(directory, BundleLayout.Card, json => JsonSerializer.Deserialize(json, BundleJson.Default.BundleCard)!);
        var settings = Document(directory, BundleLayout.Task, ReadSettings);
        var hasAdapter = File.Exists(Path.Combine(directory, BundleLayout.AdapterConfiguration));
        var peft = hasAdapter
            ? Document(directory, BundleLayout.AdapterConfiguration, json => JsonSerializer.Deserialize(json, PeftJson.Default.PeftConfiguration)!)
            : null;
        if (peft is { PeftType: not "LORA" } or { UseRsLora: true } or { UseDora: true } or { Bias: not "none" } or { FanInFanOut: true })
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"{Path.Combine(directory, BundleLayout.AdapterConfiguration)} asks for an adapter that is not plain LoRA; this host serves plain LoRA.");
        }

        return new Bundle(directory, card, settings, peft);
    }

    /// <summary>Refuses a base other than the one this bundle was trained on.</summary>
    /// <param name="baseName">Name of the base at hand; <c>none</c> without one.</param>
    /// <param name="baseFingerprint">Its fingerprint; null without one.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BaseIncompatible"/> naming both fingerprints.</exception>
    public void RequireBase(string baseName, string? baseFingerprint)
    {
        if (Card.BaseFingerprint != baseFingerprint || (peft is not null && peft.BaseFingerprint != baseFingerprint))
        {
            throw new TelecomException(
                ErrorCode.BaseIncompatible,
                $"Bundle {Folder} was trained on base '{Card.Base}' with fingerprint {Show(Card.BaseFingerprint)}, but this host has base '{baseName}' with "
                + $"fingerprint {Show(baseFingerprint)}. Choose that base (--base), or train the method on this one.");
        }
    }

    /// <summary>Loads encoder and head, all tensors or none. Executor thread only.</summary>
    public void LoadModules(torch.nn.Module modules) => LoadAll(BundleLayout.Modules, modules.state_dict());

    /// <summary>Loads the adapter, all tensors or none. Executor thread only.</summary>
    public void LoadAdapter(LoraAdapter adapter) => LoadAll(BundleLayout.AdapterWeights, adapter.Parameters);

    private static string Show(string? fingerprint) => fingerprint ?? "(none)";

    private static T Document<T>(string directory, string name, Func<byte[], T> read)
    {
        var path = Path.Combine(directory, name);
        try
        {
            return read(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static Dictionary<string, string> ReadSettings(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText(),
            StringComparer.Ordinal);
    }

    private void LoadAll(string fileName, IEnumerable<KeyValuePair<string, torch.Tensor>> wanted)
    {
        var path = Path.Combine(Folder, fileName);
        var destinations = wanted.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        using var file = SafetensorsFile.Open(path);
        var problems = destinations.Keys.Where(name => !file.TryGetEntry(name, out _)).Select(name => $"tensor '{name}' is missing")
            .Concat(file.Entries.Where(entry => !destinations.ContainsKey(entry.Name)).Select(entry => $"tensor '{entry.Name}' is not expected"))
            .Concat(file.Entries.Where(entry => destinations.TryGetValue(entry.Name, out var tensor) && !tensor.shape.SequenceEqual(entry.Shape))
                .Select(entry => $"tensor '{entry.Name}' is [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", destinations[entry.Name].shape)}]"))
            .ToList();
        if (problems.Count > 0)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{path} does not fit method '{Card.Method}': {string.Join("; ", problems)}.");
        }

        // Values are read aside first: a file with a non-finite value must not leave half of its tensors in a serving model.
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var values = destinations.Keys.ToDictionary(name => name, name => file.Load(name), StringComparer.Ordinal);
        if (values.FirstOrDefault(pair => !pair.Value.isfinite().all().item<bool>()) is { Key: { } bad })
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"{path}: tensor '{bad}' has values that are not finite.");
        }

        foreach (var (name, destination) in destinations)
        {
            destination.copy_(values[name]);
        }
    }
}
