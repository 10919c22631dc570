using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>Writes adapters that are not LoRA in the types of <see cref="PeftTypes"/>.</summary>
internal static class PeftTypeWriter
{
    /// <summary>Writes configuration and weights.</summary>
    /// <returns>False, and nothing was written, when LoRA's type can hold the adapter or no type can.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: ranks differ, or the base it depends on is not known.</exception>
    public static bool TryWrite(string directory, Adapter adapter, string? baseName, string? baseFingerprint)
    {
        var isLowRank = adapter.Method.Kind is AdapterKind.LowRank or AdapterKind.ScaledLowRank && adapter.Saved.Count == adapter.Parameters.Count;
        if (isLowRank || adapter.Placements.Count == 0 || !AdapterMethods.Names.Contains(adapter.Method.Name))
        {
            return false;
        }

        var settings = adapter.Placements[0].Settings;
        if (adapter.Placements.Any(placement => placement.Settings != settings))
        {
            throw Refused(adapter, "has layers of different rank or scale, which its file cannot hold");
        }

        if (adapter.Method.DependsOnBase && baseFingerprint is null)
        {
            throw Refused(adapter, "depends on the weights of its base: give the base's fingerprint");
        }

        SafetensorsWriter.Write(Path.Combine(directory, BundleLayout.AdapterWeights), adapter.Saved);
        using var stream = File.Create(Path.Combine(directory, BundleLayout.AdapterConfiguration));
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        WriteOwn(writer, adapter.Method, settings);
        WriteCommon(writer, adapter, baseName, baseFingerprint);
        writer.WriteEndObject();
        return true;
    }

    private static void WriteCommon(Utf8JsonWriter writer, Adapter adapter, string? baseName, string? baseFingerprint)
    {
        writer.WriteString("base_model_name_or_path", baseName);
        if (baseFingerprint is not null)
        {
            writer.WriteString("base_fingerprint", baseFingerprint);
        }

        writer.WriteNull("task_type");
        writer.WriteBoolean("inference_mode", true);
        writer.WriteNumber("r", adapter.Placements[0].Settings.Rank);
        WriteNames(writer, "target_modules", adapter.TargetNames ?? [.. adapter.Placements.Select(placement => placement.Site.Path)]);
        if (PeftWriter.Saved(adapter) is { Count: > 0 } saved)
        {
            WriteNames(writer, "modules_to_save", saved);
        }
    }

    private static void WriteNames(Utf8JsonWriter writer, string member, IReadOnlyList<string> names)
    {
        writer.WriteStartArray(member);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    private static void WriteOwn(Utf8JsonWriter writer, IAdapterMethod method, LinearSettings settings)
    {
        switch (method)
        {
            case MissMethod or BoneBatMethod:
                writer.WriteString("peft_type", PeftTypes.Miss);
                writer.WriteNumber("miss_dropout", settings.Dropout);
                writer.WriteNumber(PeftTypes.MiniWidth, method is MissMethod { Width: > 0 } mini ? mini.Width : 1);
                WriteStart(writer, method);
                break;
            case ShiraMethod:
                // The one mask that PEFT knows by name; it takes the positions from the file whatever made them.
                writer.WriteString("peft_type", PeftTypes.Shira);
                writer.WriteString("mask_type", "random");
                writer.WriteBoolean(PeftTypes.Start, true);
                break;
            case RandLoraMethod:
                writer.WriteString("peft_type", PeftTypes.RandLora);
                writer.WriteNumber("randlora_alpha", settings.Alpha);
                writer.WriteNumber("randlora_dropout", settings.Dropout);
                writer.WriteBoolean(PeftTypes.SavesProjection, true);
                writer.WriteBoolean(PeftTypes.Start, true);
                break;
            default:
                WriteUnknownToPeft(writer, method, settings);
                break;
        }
    }

    private static void WriteStart(Utf8JsonWriter writer, IAdapterMethod method)
    {
        if (method is MissMethod { Width: 0 })
        {
            writer.WriteBoolean(PeftTypes.Start, true);
            return;
        }

        writer.WriteString(PeftTypes.Start, method is BoneBatMethod ? "bat" : "mini");
    }

    private static void WriteUnknownToPeft(Utf8JsonWriter writer, IAdapterMethod method, LinearSettings settings)
    {
        writer.WriteString("peft_type", PeftTypes.OwnType(method.Name));
        writer.WriteString(PeftTypes.OwnMethod, method.Name);
        writer.WriteStartObject(PeftTypes.OwnOptions);
        foreach (var (name, value) in method.Options)
        {
            writer.WriteNumber(name, value);
        }

        writer.WriteEndObject();
        writer.WriteNumber("lora_alpha", settings.Alpha);
        writer.WriteNumber("lora_dropout", settings.Dropout);
        writer.WriteBoolean("use_rslora", settings.RankStabilized);
    }

    private static TelecomException Refused(Adapter adapter, string problem) =>
        new(ErrorCode.Unprocessable, $"The adapter of method '{adapter.Method.Name}' {problem}.");
}
