using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>An adapter in PEFT layout, whose configuration was read; its weights are loaded onto a base.</summary>
public sealed class PeftFolder
{
    private const string PickleName = "adapter_model.bin";
    private const string BaseLayerSuffix = ".base_layer.weight";
    private readonly string directory;
    private readonly string place;
    private readonly PeftConfiguration configuration;
    private readonly PeftPlan plan;

    private PeftFolder(string directory, string place, PeftConfiguration configuration)
    {
        this.directory = directory;
        this.place = place;
        this.configuration = configuration;
        plan = new PeftPlan(configuration, place);
    }

    /// <summary>Base the adapter was trained on; null in files that PEFT wrote, of which only shapes can be checked.</summary>
    public string? BaseFingerprint => configuration.BaseFingerprint;

    /// <summary>Whether <paramref name="directory"/> holds an adapter, or a part of one.</summary>
    public static bool Exists(string directory) =>
        File.Exists(Path.Combine(directory, BundleLayout.AdapterConfiguration)) || File.Exists(Path.Combine(directory, BundleLayout.AdapterWeights));

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.BundleInvalid"/>: it cannot be read, or asks for something that this host does not do; everything is named.
    /// </exception>
    public static PeftFolder Open(string directory)
    {
        var place = Path.Combine(directory, BundleLayout.AdapterConfiguration);
        var configuration = PeftTypes.WithUsualNames(BundleDocument.Read(place, PeftJson.Default.PeftConfiguration));
        var refusals = PeftRefusals.Of(configuration).ToArray();
        return refusals.Length > 0
            ? throw new BundleInvalidException(place, refusals)
            : new PeftFolder(directory, place, configuration);
    }

    /// <summary>Builds the adapter on a base and loads its weights, all or nothing. Executor thread only.</summary>
    /// <param name="weights">The base.</param>
    /// <param name="allowBaseMismatch">Whether an adapter of another base with the same shapes is accepted.</param>
    /// <returns>The adapter; the caller disposes.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.BaseIncompatible"/> naming both fingerprints; <see cref="ErrorCode.CheckpointInvalid"/> for a damaged file;
    /// <see cref="ErrorCode.BundleInvalid"/> listing every tensor that is missing, unexpected or misshapen.
    /// </exception>
    public Adapter Load(BaseWeights weights, bool allowBaseMismatch = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (!allowBaseMismatch && BaseFingerprint is { } trainedOn && trainedOn != weights.Fingerprint)
        {
            throw new TelecomException(
                ErrorCode.BaseIncompatible,
                $"The adapter {directory} was trained on a base with fingerprint {trainedOn}, but base '{weights.Name}' has {weights.Fingerprint}.");
        }

        var path = WeightsPath();
        using var file = SafetensorsFile.Open(path);
        var adapter = Build(weights, plan.Resolve(weights.Configuration));
        try
        {
            PeftTypes.RequireBaseOf(adapter.Method, configuration, allowBaseMismatch, directory);
            var wanted = adapter.Saved.Select(pair => KeyValuePair.Create(NameIn(file, pair.Key), pair.Value));
            TensorFileLoader.Load(file, $"the adapter of {place}", wanted, name => name.EndsWith(BaseLayerSuffix, StringComparison.Ordinal));
            adapter.Accept();
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    private Adapter Build(BaseWeights weights, PeftTargets targets)
    {
        var adapter = new Adapter(
            PeftMethods.For(configuration),
            targets.Linears.Select(linear => new AdapterPlacement(LinearSite.Of(weights, linear.Layer, linear.Target), linear.Settings)),
            seed: 0,
            [.. targets.Replaced.Select(linear => LinearSite.Of(weights, linear.Layer, linear.Target))],
            targets.Vocabulary is { } vocabulary ? new AdaptedVocabulary(vocabulary, weights.Tensors.Values.First().device) : null);
        targets.AddNorms(adapter, weights);
        return adapter;
    }

    /// <summary>Reads the weights into plain memory and checks their values. Any thread.</summary>
    /// <param name="weights">The base; only its shape and fingerprint are looked at.</param>
    /// <param name="maxRank">Largest rank that is accepted.</param>
    /// <param name="allowBaseMismatch">Whether an adapter of another base with the same shapes is accepted.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.CheckpointInvalid"/> for a damaged file; <see cref="ErrorCode.BundleInvalid"/> for a configuration that does not fit the
    /// base. What is wrong with the values is told when the adapter is placed, together with names and shapes.
    /// </exception>
    public StagedAdapter Stage(BaseWeights weights, int maxRank, bool allowBaseMismatch = false)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var targets = plan.Resolve(weights.Configuration);
        var method = PeftMethods.For(configuration);
        PeftTypes.RequireBaseOf(method, configuration, allowBaseMismatch, directory);
        var mismatch = !allowBaseMismatch && BaseFingerprint is { } trainedOn && trainedOn != weights.Fingerprint
            ? $"it was trained on a base with fingerprint {trainedOn}, but base '{weights.Name}' has {weights.Fingerprint}"
            : null;
        using var file = SafetensorsFile.Open(WeightsPath());
        return new StagedAdapter(file, method, targets, mismatch, maxRank);
    }

    private static string NameIn(SafetensorsFile file, string name) =>
        PeftTypes.OtherNames(name).FirstOrDefault(other => file.TryGetEntry(other, out _)) ?? name;

    private string WeightsPath()
    {
        var path = Path.Combine(directory, BundleLayout.AdapterWeights);
        return File.Exists(path) || !File.Exists(Path.Combine(directory, PickleName))
            ? path
            : throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"{Path.Combine(directory, PickleName)} is a pickle, which can run code when it is read; "
                + $"save the adapter as {BundleLayout.AdapterWeights}.");
    }
}
