using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Checkpoints;

/// <summary>An adapter in PEFT layout: checks that do not need the base it belongs to.</summary>
internal sealed class AdapterFolder : InspectedFolder
{
    public const string ConfigurationName = BundleLayout.AdapterConfiguration;
    public const string WeightsName = BundleLayout.AdapterWeights;
    private const string PickleName = "adapter_model.bin";
    private const string KeyPrefix = "base_model.";
    private const string FactorA = ".lora_A.weight";
    private const string FactorB = ".lora_B.weight";
    private readonly SafetensorsFile? weights;
    private readonly JsonMembers? configuration;
    private readonly string type = "?";

    public AdapterFolder(string directory)
    {
        if (TryReadObject(directory, ConfigurationName) is { } document)
        {
            configuration = new JsonMembers(document, ConfigurationName, Problems);
            type = CheckConfiguration(configuration);
            CheckMeaning(directory);
            RequiredBaseFingerprint = configuration.Text("base_fingerprint", null);
            CheckFingerprint(RequiredBaseFingerprint, ConfigurationName, Problems);
        }

        if (!File.Exists(Path.Combine(directory, WeightsName)) && File.Exists(Path.Combine(directory, PickleName)))
        {
            Problems.Add($"{PickleName} is a pickle, which can run code when it is read; save the adapter as {WeightsName} instead");
            return;
        }

        weights = TryOpen(directory, WeightsName);
        if (weights is not null)
        {
            CheckKeys(weights);
        }
    }

    public override CheckpointKind Kind => CheckpointKind.Adapter;

    public override string Name => type;

    public override string ConfigurationFileName => ConfigurationName;

    public override string? RequiredBaseFingerprint { get; }

    public override IEnumerable<(SafetensorsFile File, SafetensorsEntry Entry)> Tensors =>
        weights?.Entries.Select(entry => (weights, entry)) ?? [];

    /// <summary>Elements of all tensors; null when the weights could not be opened.</summary>
    public long? StoredValues => weights?.Entries.Sum(entry => entry.ElementCount);

    /// <summary>Whether the method leaves ranks that it closed out of its files, so that they hold fewer values than were trained.</summary>
    public bool IsPruned => configuration?.Text(PeftTypes.OwnMethod, null) == SoraMethod.MethodName;

    /// <summary>A fingerprint is absent or has 64 hexadecimal digits.</summary>
    public static void CheckFingerprint(string? fingerprint, string place, List<string> problems)
    {
        if (fingerprint is not null && (fingerprint.Length != 64 || !fingerprint.All(char.IsAsciiHexDigitLower)))
        {
            problems.Add($"{place}: the base fingerprint must have 64 lower-case hexadecimal digits");
        }
    }

    protected override void Dispose(bool disposing) => weights?.Dispose();

    // What the adapter would be refused for when it is loaded.
    private void CheckMeaning(string directory)
    {
        if (Problems.Count > 0)
        {
            return;
        }

        try
        {
            var read = PeftTypes.WithUsualNames(BundleDocument.Read(Path.Combine(directory, ConfigurationName), PeftJson.Default.PeftConfiguration));
            Problems.AddRange(PeftRefusals.Of(read).Select(refusal => $"{ConfigurationName}: {refusal}"));
        }
        catch (TelecomException exception)
        {
            Problems.Add(exception.Message.Replace(directory + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        }
    }

    private static string CheckConfiguration(JsonMembers members)
    {
        var type = members.RequiredText("peft_type");
        if (members.Integer("r", null) is <= 0 and var rank && members.Has("r"))
        {
            members.Add($"r must be positive, found {rank}");
        }

        if (!members.Has("target_modules"))
        {
            members.Add("target_modules is missing");
        }

        return type;
    }

    private void CheckKeys(SafetensorsFile file)
    {
        foreach (var entry in file.Entries.Where(entry => !entry.Name.StartsWith(KeyPrefix, StringComparison.Ordinal)))
        {
            Problems.Add($"{WeightsName}: tensor '{CheckpointFormatException.Show(entry.Name)}' does not begin with '{KeyPrefix}'");
        }

        if (file.Entries.Count == 0)
        {
            Problems.Add($"{WeightsName} holds no tensors");
        }

        if (type != PeftRefusals.LowRank || configuration is null)
        {
            return;
        }

        var uniformRank = configuration.Object("rank_pattern") is not { IsEmpty: false } ? configuration.Integer("r", 0) : 0;
        foreach (var entry in file.Entries)
        {
            CheckFactor(file, entry, uniformRank);
        }
    }

    /// <summary>A is [r, i] and B is [o, r], of the same module and the same r.</summary>
    private void CheckFactor(SafetensorsFile file, SafetensorsEntry entry, int uniformRank)
    {
        var isA = entry.Name.EndsWith(FactorA, StringComparison.Ordinal);
        if (!isA && !entry.Name.EndsWith(FactorB, StringComparison.Ordinal))
        {
            return;
        }

        var shown = $"{WeightsName}: tensor '{CheckpointFormatException.Show(entry.Name)}'";
        var partnerName = string.Concat(entry.Name.AsSpan(0, entry.Name.Length - FactorA.Length), isA ? FactorB : FactorA);
        if (entry.Shape.Count != 2)
        {
            Problems.Add($"{shown} must be a matrix, found shape [{string.Join(", ", entry.Shape)}]");
            return;
        }

        var rank = entry.Shape[isA ? 0 : 1];
        if (uniformRank > 0 && rank != uniformRank)
        {
            Problems.Add($"{shown} has rank {rank}, {ConfigurationName} says {uniformRank}");
        }

        if (!file.TryGetEntry(partnerName, out var partner))
        {
            Problems.Add($"{shown} has no partner '{CheckpointFormatException.Show(partnerName)}'");
        }
        else if (isA && partner.Shape.Count == 2 && partner.Shape[1] != rank)
        {
            Problems.Add($"{shown} has rank {rank} but its partner has rank {partner.Shape[1]}");
        }
    }
}
