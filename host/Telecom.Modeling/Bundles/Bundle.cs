using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Errors;
using TorchSharp;

namespace Telecom.Modeling.Bundles;

/// <summary>A bundle folder whose documents were read; its weights are loaded into modules that the method built.</summary>
public sealed class Bundle
{
    private readonly PeftFolder? peft;

    private Bundle(string directory, BundleCard card, IReadOnlyDictionary<string, string> settings, PeftFolder? peft)
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

    /// <summary>Whether the bundle has an adapter.</summary>
    public bool HasAdapter => peft is not null;

    /// <summary>Whether <paramref name="directory"/> looks like a bundle at all.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, BundleLayout.Card));

    /// <summary>Reads the documents of a bundle.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/> naming the file.</exception>
    public static Bundle Open(string directory) => new(
        directory,
        BundleDocument.Read(Path.Combine(directory, BundleLayout.Card), BundleJson.Default.BundleCard),
        BundleDocument.ReadSettings(Path.Combine(directory, BundleLayout.Task)),
        PeftFolder.Exists(directory) ? PeftFolder.Open(directory) : null);

    /// <summary>Refuses a method other than the one this bundle was trained for.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/> naming both.</exception>
    public void RequireMethod(string task, string method)
    {
        if (Card.Task != task || Card.Method != method)
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Bundle {Folder} was trained for method '{Card.Method}' of task '{Card.Task}', not for '{method}' of '{task}'.");
        }
    }

    /// <summary>Refuses a base other than the one this bundle was trained on.</summary>
    /// <param name="baseName">Name of the base at hand; <c>none</c> without one.</param>
    /// <param name="baseFingerprint">Its fingerprint; null without one.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.BaseIncompatible"/> naming both fingerprints; <see cref="ErrorCode.BundleInvalid"/> when the adapter is missing, or
    /// stands there without a base.
    /// </exception>
    public void RequireBase(string baseName, string? baseFingerprint)
    {
        // An adapter that PEFT wrote carries no fingerprint: then the card alone decides.
        var trainedOn = peft?.BaseFingerprint is { } adapted && adapted != baseFingerprint ? adapted : Card.BaseFingerprint;
        if (trainedOn != baseFingerprint)
        {
            throw new TelecomException(
                ErrorCode.BaseIncompatible,
                $"Bundle {Folder} was trained on base '{Card.Base}' with fingerprint {trainedOn ?? "(none)"}, but this host has base '{baseName}' "
                + $"with fingerprint {baseFingerprint ?? "(none)"}. Choose that base (--base), or train the method on this one.");
        }

        if (peft is null != baseFingerprint is null)
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                peft is null
                    ? $"Bundle {Folder} was trained on base '{Card.Base}', but its adapter ({BundleLayout.AdapterConfiguration}, "
                        + $"{BundleLayout.AdapterWeights}) is missing."
                    : $"Bundle {Folder} has an adapter, but its card names no base.");
        }
    }

    /// <summary>Loads encoder and head, all tensors or none. Executor thread only.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.CheckpointInvalid"/> for a damaged file, <see cref="ErrorCode.BundleInvalid"/> naming every tensor that does not fit.
    /// </exception>
    public void LoadModules(torch.nn.Module modules) =>
        TensorFileLoader.Load(Path.Combine(Folder, BundleLayout.Modules), $"method '{Card.Method}'", modules.state_dict());

    /// <summary>Builds the adapter, all tensors or none. Executor thread only.</summary>
    /// <param name="weights">The base, which <see cref="RequireBase"/> has accepted.</param>
    /// <returns>The adapter; the caller disposes.</returns>
    /// <exception cref="TelecomException">As <see cref="LoadModules"/>.</exception>
    /// <exception cref="InvalidOperationException">The bundle has no adapter.</exception>
    public Adapter LoadAdapter(BaseWeights weights) =>
        (peft ?? throw new InvalidOperationException($"Bundle {Folder} has no adapter.")).Load(weights, allowBaseMismatch: true);
}
