using System.Text.Json;
using Telecom.Modeling.Bundles;
using Telecom.Sdk.Bundles;

namespace Telecom.Modeling.Checkpoints;

/// <summary>A trained method on disk: checks that do not need the plugin it belongs to.</summary>
internal sealed class BundleFolder : InspectedFolder
{
    private const string CardName = BundleLayout.Card;
    private const string SettingsName = BundleLayout.Task;
    private const string ModulesName = BundleLayout.Modules;
    private const string NoBase = "none";
    private readonly BundleCard? card;
    private readonly SafetensorsFile? modules;
    private readonly AdapterFolder? adapter;

    public BundleFolder(string directory)
    {
        card = ReadCard(directory);
        TryReadObject(directory, SettingsName);
        modules = TryOpen(directory, ModulesName);
        var hasAdapter = File.Exists(Path.Combine(directory, AdapterFolder.ConfigurationName))
            || File.Exists(Path.Combine(directory, AdapterFolder.WeightsName));
        if (hasAdapter || card is { Base: not NoBase })
        {
            adapter = new AdapterFolder(directory);
            Problems.AddRange(adapter.Problems);
            Warnings.AddRange(adapter.Warnings);
        }

        if (card is not null)
        {
            CheckCard(card, hasAdapter);
        }
    }

    /// <summary>Whether a folder means to be a bundle, complete or not.</summary>
    public static bool Claims(string directory) =>
        new[] { CardName, SettingsName, ModulesName }.Any(name => File.Exists(Path.Combine(directory, name)));

    public override CheckpointKind Kind => CheckpointKind.Bundle;

    public override string Name => $"{card?.Task}/{card?.Method}";

    public override string ConfigurationFileName => CardName;

    public override string? RequiredBaseFingerprint => card?.BaseFingerprint;

    public override IEnumerable<(SafetensorsFile File, SafetensorsEntry Entry)> Tensors =>
        (modules?.Entries.Select(entry => (modules, entry)) ?? []).Concat(adapter?.Tensors ?? []);

    protected override void Dispose(bool disposing)
    {
        modules?.Dispose();
        adapter?.Dispose();
    }

    private BundleCard? ReadCard(string directory)
    {
        if (TryReadObject(directory, CardName) is not { } document)
        {
            return null;
        }

        try
        {
            return document.Deserialize(BundleJson.Default.BundleCard);
        }
        catch (JsonException exception)
        {
            Problems.Add($"{CardName}: {exception.Message}");
            return null;
        }
    }

    private void CheckCard(BundleCard content, bool hasAdapter)
    {
        AdapterFolder.CheckFingerprint(content.BaseFingerprint, CardName, Problems);
        if (content.Base == NoBase && hasAdapter)
        {
            Problems.Add($"{CardName} says base '{NoBase}', but the folder has an adapter");
        }

        if (content.Base != NoBase && content.BaseFingerprint is null)
        {
            Problems.Add($"{CardName}: baseFingerprint is missing although the base is '{CheckpointFormatException.Show(content.Base ?? "")}'");
        }

        if (adapter?.RequiredBaseFingerprint is { } recorded && recorded != content.BaseFingerprint)
        {
            var shown = CheckpointFormatException.Show(recorded);
            Problems.Add($"{AdapterFolder.ConfigurationName} names base fingerprint {shown}, {CardName} another one");
        }

        CheckCount(modules?.Entries.Sum(entry => entry.ElementCount), content.ModuleParameters, ModulesName);
        if (adapter is { IsPruned: false })
        {
            CheckCount(adapter.StoredValues, content.AdapterParameters, AdapterFolder.WeightsName);
        }
    }

    /// <summary>Files may hold more than was trained, e.g. running statistics, never less.</summary>
    private void CheckCount(long? stored, long trained, string fileName)
    {
        if (stored < trained)
        {
            Problems.Add($"{fileName} holds {stored} values, fewer than the {trained} trained ones of {CardName}");
        }
    }
}
