using Telecom.Modeling.Adapters;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;

namespace Telecom.Modeling.Bundles;

/// <summary>A plain LoRA adapter in PEFT layout, whose configuration was read; its weights are loaded into an adapter of that shape.</summary>
public sealed class PeftFolder
{
    private readonly string directory;

    private PeftFolder(string directory, PeftConfiguration configuration)
    {
        this.directory = directory;
        BaseFingerprint = configuration.BaseFingerprint;
        Options = new AdapterOptions
        {
            Rank = configuration.Rank,
            Alpha = configuration.Alpha,
            Dropout = configuration.Dropout,
            Targets = configuration.Targets,
        };
    }

    /// <summary>Rank, scale and targets.</summary>
    public AdapterOptions Options { get; }

    /// <summary>Base the adapter was trained on; null in files that PEFT wrote, of which only shapes can be checked.</summary>
    public string? BaseFingerprint { get; }

    /// <summary>Whether <paramref name="directory"/> holds an adapter, or a part of one.</summary>
    public static bool Exists(string directory) =>
        File.Exists(Path.Combine(directory, BundleLayout.AdapterConfiguration)) || File.Exists(Path.Combine(directory, BundleLayout.AdapterWeights));

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: it cannot be read, or asks for more than plain LoRA.</exception>
    public static PeftFolder Open(string directory)
    {
        var path = Path.Combine(directory, BundleLayout.AdapterConfiguration);
        var configuration = BundleDocument.Read(path, PeftJson.Default.PeftConfiguration);
        return configuration.Unsupported is { } unsupported
            ? throw new TelecomException(ErrorCode.BundleInvalid, $"{path} asks for {unsupported}; this host serves plain LoRA only.")
            : new PeftFolder(directory, configuration);
    }

    /// <summary>Loads the weights, all tensors or none. Executor thread only.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.CheckpointInvalid"/> for a damaged file, <see cref="ErrorCode.BundleInvalid"/> naming every tensor that does not fit.
    /// </exception>
    public void Load(LoraAdapter adapter) => TensorFileLoader.Load(
        Path.Combine(directory, BundleLayout.AdapterWeights), $"the adapter of {BundleLayout.AdapterConfiguration}", adapter.Parameters);
}
