using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Bundles;

/// <summary>Writes adapters in PEFT layout; methods that PEFT does not know leave as the plain LoRA they are equal to.</summary>
public static class PeftWriter
{
    /// <summary>Writes configuration and weights into an existing folder. Executor thread only.</summary>
    /// <param name="directory">The folder; files of the same names are replaced.</param>
    /// <param name="adapter">A low-rank or scaled low-rank adapter.</param>
    /// <param name="baseName">Name of the base.</param>
    /// <param name="baseFingerprint">Its fingerprint; null leaves it out of the checks on loading.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: the adapter is of a kind without low-rank form.</exception>
    public static void Write(string directory, Adapter adapter, string? baseName, string? baseFingerprint)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (PeftTypeWriter.TryWrite(directory, adapter, baseName, baseFingerprint))
        {
            return;
        }

        var asTrained = adapter.Method.Kind is AdapterKind.LowRank or AdapterKind.ScaledLowRank
            && adapter.Placements.All(placement => IsPlain(Of(adapter, placement)));
        var tensors = asTrained ? adapter.Parameters : Folded(adapter);
        var settings = adapter.Placements.ToDictionary(
            placement => placement.Site.Path,
            placement => asTrained ? placement.Settings : FoldedSettings(placement, tensors),
            StringComparer.Ordinal);
        var configuration = Configuration(adapter, settings) with { BaseName = baseName, BaseFingerprint = baseFingerprint };
        if (!asTrained)
        {
            configuration.Others = new() { [PeftTypes.OwnMethod] = JsonSerializer.SerializeToElement(adapter.Method.Name, PeftJson.Default.String) };
        }

        SafetensorsWriter.Write(Path.Combine(directory, BundleLayout.AdapterWeights), tensors);
        File.WriteAllText(
            Path.Combine(directory, BundleLayout.AdapterConfiguration),
            JsonSerializer.Serialize(configuration, PeftJson.Default.PeftConfiguration) + "\n");
    }

    private static PeftConfiguration Configuration(Adapter adapter, Dictionary<string, LinearSettings> settings)
    {
        var vocabulary = adapter.Vocabulary?.Settings;
        foreach (var (path, own) in new[] { (vocabulary?.EmbeddingPath, vocabulary?.Embedding), (vocabulary?.HeadPath, vocabulary?.Head) })
        {
            if (own is not null)
            {
                settings.Add(path!, own);
            }
        }

        // Without any target the numbers mean nothing, but PEFT wants to see some.
        var usual = settings.Values.GroupBy(value => (value.Rank, value.Alpha)).MaxBy(group => group.Count())?.First()
            ?? new LinearSettings { Rank = 1, Alpha = 1 };
        var otherRanks = settings.Where(pair => pair.Value.Rank != usual.Rank).ToArray();
        var otherAlphas = settings.Where(pair => pair.Value.Alpha != usual.Alpha).ToArray();
        return new PeftConfiguration
        {
            PeftType = PeftRefusals.LowRank,
            Rank = usual.Rank,
            Alpha = usual.Alpha,
            Dropout = usual.Dropout,
            UseRsLora = usual.RankStabilized,
            UseDora = adapter.Method.Kind == AdapterKind.ScaledLowRank,
            OutputBias = usual.OutputBias,
            FanInFanOut = adapter.Placements.Any(placement => LinearTargets.IsTransposed(placement.Site.Target)),
            Targets = new PeftModules { Names = adapter.TargetNames ?? [.. settings.Keys] },
            ModulesToSave = Saved(adapter) is { Count: > 0 } saved ? new PeftModules { Names = saved } : null,
            RankPattern = otherRanks.Length == 0 ? null : new(otherRanks.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Rank))),
            AlphaPattern = otherAlphas.Length == 0 ? null : new(otherAlphas.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Alpha))),
        };
    }

    /// <summary>Modules that the adapter brings along whole.</summary>
    internal static List<string> Saved(Adapter adapter)
    {
        var vocabulary = adapter.Vocabulary?.Settings;
        List<string> saved = [.. adapter.Replaced.Select(site => site.Path), .. adapter.Norms.Keys];
        saved.AddRange(vocabulary is { ReplacesEmbedding: true } ? [vocabulary.EmbeddingPath] : []);
        saved.AddRange(vocabulary is { ReplacesHead: true } ? [vocabulary.HeadPath] : []);
        return saved;
    }

    // Nothing but what LoRA and DoRA have.
    private static bool IsPlain(AdaptedLinear linear) =>
        linear.Buffers.Count == 0 && linear.Parameters.Keys.All(name => name.StartsWith("lora_", StringComparison.Ordinal));

    /// <summary>The served factors under PEFT's names.</summary>
    private static SortedDictionary<string, Tensor> Folded(Adapter adapter)
    {
        var tensors = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var placement in adapter.Placements)
        {
            var factors = Of(adapter, placement).LowRank();
            if (factors is not { Gain: null })
            {
                throw new TelecomException(
                    ErrorCode.Unprocessable,
                    $"An adapter of method '{adapter.Method.Name}' has no form that PEFT can read; merge it into its base instead.");
            }

            var path = Adapter.Prefix + placement.Site.Path;
            tensors.Add($"{path}.{LoraLinear.NameA}", factors.A);
            tensors.Add($"{path}.{LoraLinear.NameB}", factors.B);
        }

        return tensors;
    }

    // The scale is in B already: alpha = r makes PEFT's own scale one.
    private static LinearSettings FoldedSettings(AdapterPlacement placement, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var rank = (int)tensors[$"{Adapter.Prefix}{placement.Site.Path}.{LoraLinear.NameA}"].shape[0];
        return new LinearSettings { Rank = rank, Alpha = rank, Dropout = placement.Settings.Dropout };
    }

    private static AdaptedLinear Of(Adapter adapter, AdapterPlacement placement) => adapter.Linear(placement.Site.Layer, placement.Site.Target)!;
}
